import Coding

/// Compares the declarations of a catalog with the database. Pure; `DatabaseInspector` asks the database.
package struct CatalogChecker {
    let report: Report
    let facts: DatabaseFacts
    private var faults: [CatalogFault] = []

    /// Every fault of a report, in the order of its file. With errors among them its exports would fail or, worse, be
    /// wrong; warnings name facts that the database does not enforce.
    package static func faults(in report: Report, given facts: DatabaseFacts) -> [CatalogFault] {
        var checker = CatalogChecker(report: report, facts: facts)
        checker.check()
        return checker.faults.sorted { $0.position < $1.position }
    }

    private init(report: Report, facts: DatabaseFacts) {
        self.report = report
        self.facts = facts
    }

    private mutating func check() {
        checkZones()
        // Relations are checked whether or not the report's own table is there.
        for relation in report.relations { checkRelation(relation) }
        guard let table = table(report.table, at: "table", else: "exports are empty") else { return }
        checkColumnCount()
        checkKeys(of: table)
        checkIndexes(of: table)
        checkFilters(of: table)
        checkWatermark(of: table)
        checkSort(of: table)
        for column in report.columns { checkColumn(column, of: table) }
    }

    /// - Parameter consequence: of rows that this role cannot see.
    mutating func table(_ name: TableName, at path: String, else consequence: String) -> TableFacts? {
        guard let table = facts.tables[name] else {
            let nearest = Spelling.nearest(to: name, among: facts.tableNames)
            add("there is no table or view \(name)\(nearest.map { "; did you mean '\($0)'?" } ?? "")", at: path)
            return nil
        }
        guard table.isSchemaUsable else {
            add("the database role may not use the schema of \(name); grant usage on it", at: path)
            return nil
        }
        for obstacle in table.obstacles {
            switch obstacle.reason {
            case .noPolicy(let role):
                add(
                    "row-level security hides every row of \(obstacle.table) from the role '\(role)', for which it has no"
                        + " policy: \(consequence)", at: path, .warning)
            case .notFilled:
                add(
                    "the materialized view \(obstacle.table) has not been filled yet: exports fail until it is refreshed",
                    at: path, .warning)
            }
        }
        return table
    }

    mutating func column(
        _ name: String, of table: TableFacts, _ tableName: TableName, at path: String
    ) -> ColumnFacts? {
        guard let column = table.column(name) else {
            let hint = Spelling.hint(for: name, among: table.columns.map(\.name), listedAs: "it has")
            add("\(tableName) has no column '\(name)'\(hint)", at: path)
            return nil
        }
        if !column.isReadable {
            add("the database role may not select '\(name)' of \(tableName); grant select", at: path)
        }
        return column
    }

    mutating func add(_ message: String, at path: String, _ severity: CatalogFault.Severity = .error) {
        faults.append(
            CatalogFault(
                severity: severity, file: report.source.file, position: report.source.position(of: path),
                message: message))
    }
}
