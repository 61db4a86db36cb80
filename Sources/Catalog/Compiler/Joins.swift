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

    /// A table that was joined, and every join that it stands on.
    struct Joined {
        let alias: SQL
        /// Places in `clauses`, its own among them.
        let joins: [Int]
    }

    private let tenantColumn: String
    private var ways: [Way] = []
    private(set) var clauses: [SQL] = []

    /// - Parameter tenantColumn: of the report's own table.
    init(tenantColumn: String) {
        self.tenantColumn = tenantColumn
    }

    /// The table that holds a reference value, joined now if it was not.
    mutating func table(for path: ReferencePath, from column: Column, of report: Report) throws(CompileError) -> Joined
    {
        let (relation, nested) = try report.target(of: path)
        let outer = join(Way(column: column.column, relation: relation.name, nested: nil)) { tenantColumn, alias in
            Self.join(
                relation.table, alias, key: relation.key, to: "t.\(identifier: column.column)",
                tenant: relation.tenantColumn, of: tenantColumn)
        }
        let outerAlias = Self.alias(outer)
        guard let nested else { return Joined(alias: outerAlias, joins: [outer]) }
        let inner = join(Way(column: column.column, relation: relation.name, nested: nested.name)) {
            tenantColumn, alias in
            Self.join(
                nested.table, alias, key: nested.key, to: "\(outerAlias).\(identifier: nested.column)",
                tenant: nested.tenantColumn, of: tenantColumn)
        }
        return Joined(alias: Self.alias(inner), joins: [outer, inner])
    }

    private mutating func join(_ way: Way, clause: (_ tenantColumn: String, _ alias: SQL) -> SQL) -> Int {
        if let index = ways.firstIndex(of: way) { return index }
        ways.append(way)
        clauses.append(clause(tenantColumn, Self.alias(ways.count - 1)))
        return ways.count - 1
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

extension Report {
    /// Where a reference value is found, and by way of what.
    func target(
        of path: ReferencePath
    ) throws(CompileError) -> (relation: RelationTarget, nested: NestedRelation?) {
        guard let relation = relation(path.relation) else {
            throw .undeclared(field: "relations", name: path.relation)
        }
        guard let name = path.nested else { return (relation, nil) }
        guard let nested = relation.nested(name) else { throw .undeclared(field: "relations", name: name) }
        return (relation, nested)
    }
}
