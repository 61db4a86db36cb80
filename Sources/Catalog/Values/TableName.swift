/// A table or view, as the database spells it. Names are case-sensitive and are always quoted in SQL.
package struct TableName: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Without one, PostgreSQL looks along the connection's search path.
    package let schema: String?
    package let name: String

    package init(schema: String? = nil, name: String) {
        self.schema = schema
        self.name = name
    }

    package var description: String {
        schema.map { "\($0).\(name)" } ?? name
    }
}
