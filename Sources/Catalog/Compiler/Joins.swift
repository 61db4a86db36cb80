import Postgres

/// The related tables that a request needs: one join for each way from the report's table, however many columns use
/// it, named `r1`, `r2`, … in the order of first use.
struct Joins {
    /// A way to a related table. Two columns that lead to the same relation are two ways.
    private struct Way: Equatable {
        let column: String
        let relation: String
        let nested: String?
    }

    private let tenantColumn: String
    private var ways: [Way] = []
    private(set) var sql: SQL = ""

    /// - Parameter tenantColumn: of the report's own table.
    init(tenantColumn: String) {
        self.tenantColumn = tenantColumn
    }

    /// The alias of the table that holds a reference value, joined now if it was not.
    mutating func alias(for path: ReferencePath, from column: Column, of report: Report) throws(CompileError) -> SQL {
        guard let relation = report.relation(path.relation) else {
            throw .undeclared(field: "relations", name: path.relation)
        }
        let outer = alias(Way(column: column.column, relation: relation.name, nested: nil)) { tenantColumn, alias in
            Self.join(
                relation.table, alias, key: relation.key, to: "t.\(identifier: column.column)",
                tenant: relation.tenantColumn, of: tenantColumn)
        }
        guard let name = path.nested else { return outer }
        guard let nested = relation.nested(name) else { throw .undeclared(field: "relations", name: name) }
        return alias(Way(column: column.column, relation: relation.name, nested: name)) { tenantColumn, alias in
            Self.join(
                nested.table, alias, key: nested.key, to: "\(outer).\(identifier: nested.column)",
                tenant: nested.tenantColumn, of: tenantColumn)
        }
    }

    private mutating func alias(_ way: Way, join: (_ tenantColumn: String, _ alias: SQL) -> SQL) -> SQL {
        if let index = ways.firstIndex(of: way) { return Self.alias(index) }
        ways.append(way)
        let alias = Self.alias(ways.count - 1)
        sql += join(tenantColumn, alias)
        return alias
    }

    private static func alias(_ index: Int) -> SQL {
        SQL(unsafeText: "r\(index + 1)")
    }

    private static func join(
        _ table: TableName, _ alias: SQL, key: String, to pointer: SQL, tenant: String?, of tenantColumn: String
    ) -> SQL {
        let join: SQL = "\nleft join \(table.sql) \(alias) on \(alias).\(identifier: key) = \(pointer)"
        guard let tenant else { return join }
        return join + " and \(alias).\(identifier: tenant) = t.\(identifier: tenantColumn)"
    }
}
