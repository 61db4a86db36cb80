import SQLText

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

    private let report: Report
    private let comparisons: ColumnComparisons
    private let tenant: String
    private var ways: [Way] = []
    private(set) var clauses: [SQL] = []

    init(_ report: Report, _ comparisons: ColumnComparisons, tenant: String) {
        self.report = report
        self.comparisons = comparisons
        self.tenant = tenant
    }

    /// The table that holds a reference value, joined now if it was not.
    mutating func table(for path: ReferencePath, from column: Column, of report: Report) throws(CompileError) -> Joined
    {
        let (relation, nested) = try report.target(of: path)
        let outer = join(Way(column: column.column, relation: relation.name, nested: nil)) { joins, alias in
            joins.clause(
                relation.table, alias, key: relation.key, to: "t.\(identifier: column.column)",
                joins.comparisons[report.table, column.column], tenantColumn: relation.tenantColumn)
        }
        let outerAlias = Self.alias(outer)
        guard let nested else { return Joined(alias: outerAlias, joins: [outer]) }
        let inner = join(Way(column: column.column, relation: relation.name, nested: nested.name)) { joins, alias in
            joins.clause(
                nested.table, alias, key: nested.key, to: "\(outerAlias).\(identifier: nested.column)",
                joins.comparisons[relation.table, nested.column], tenantColumn: nested.tenantColumn)
        }
        return Joined(alias: Self.alias(inner), joins: [outer, inner])
    }

    private mutating func join(_ way: Way, clause: (_ joins: Joins, _ alias: SQL) -> SQL) -> Int {
        if let index = ways.firstIndex(of: way) { return index }
        ways.append(way)
        clauses.append(clause(self, Self.alias(ways.count - 1)))
        return ways.count - 1
    }

    private static func alias(_ index: Int) -> SQL {
        SQL(unsafeText: "r\(index + 1)")
    }

    private func clause(
        _ table: TableName, _ alias: SQL, key: String, to pointer: SQL, _ comparison: ColumnComparison,
        tenantColumn: String?
    ) -> SQL {
        let isKey = comparisons[table, key].isKey("\(alias).\(identifier: key)", of: pointer, comparison)
        let join: SQL = "\nleft join \(table.sql) \(alias) on \(isKey)"
        guard let tenantColumn else { return join }
        return "\(join) and \(isTenant(alias, table, tenantColumn))"
    }

    /// Compares column with column where both types have an exact comparison, else each with the tenant itself.
    private func isTenant(_ alias: SQL, _ table: TableName, _ name: String) -> SQL {
        let column: SQL = "\(alias).\(identifier: name)"
        let other = comparisons[table, name]
        guard let tenant = report.tenant.column else { return other.isTenant(column, self.tenant, report.tenant.type) }
        let own = comparisons[report.table, tenant]
        guard own.order == .plain, other.order == .plain, own.collation == other.collation,
            report.tenant.type == .integer || (own.exactKind != nil && other.exactKind != nil)
        else { return other.isTenant(column, self.tenant, report.tenant.type) }
        return "\(column) = t.\(identifier: tenant)"
    }
}

extension Report {
    /// The column of a reference value, and the joins that lead to it.
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
