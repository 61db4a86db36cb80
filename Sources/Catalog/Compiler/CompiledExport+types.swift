/// The database's types of values that the catalog declares as text.
///
/// A column of any type may be declared `string`: money, an interval, a number. Such values can begin with a sign,
/// `-$1.50`, and yet are no formulas, since the server wrote them and no user did. Only the server knows these types:
/// it announces those of a statement's result, also of a view's columns and of related rows' values.
extension CompiledExport {
    /// Whether the types could make a difference.
    package var asksForTypes: Bool { columns.contains { $0.kind == .text && $0.type != .uuid } }

    /// The same export with its columns marked by the types of its result.
    /// - Parameter types: object ids, one for each of `columns`; for a domain, that of its base type.
    package func knowing(types: [UInt32]) -> CompiledExport {
        guard types.count == columns.count else { return self }
        var export = self
        for (index, type) in types.enumerated() where PostgresTypeID.spelledByServer.contains(type) {
            export.columns[index].mayHoldFormulas = false
        }
        return export
    }
}

/// Object ids of PostgreSQL's own types, which are the same in every database (pg_type.dat).
private enum PostgresTypeID {
    /// Types whose values the server spells and which can begin with a sign or white space. The text types, enums, and
    /// the types of extensions are not among them; the values of the remaining types begin with other characters
    /// (arrays with a brace).
    static let spelledByServer: Set<UInt32> = [
        20, 21, 23, 22,  // int8, int2, int4, int2vector
        700, 701, 1700, 790,  // float4, float8, numeric, money
        1082, 1083, 1266, 1114, 1184, 1186,  // date, time, timetz, timestamp, timestamptz, interval
        114, 3802,  // json, jsonb: a string among them begins with its quote
    ]
}
