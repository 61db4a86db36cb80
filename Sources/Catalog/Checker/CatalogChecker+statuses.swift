import Coding

/// The statuses that a report lists, against the type of their column.
extension CatalogChecker {
    mutating func checkStatuses(_ statuses: Statuses, on column: ColumnFacts) {
        for (index, status) in statuses.values.enumerated() where facts.foreignStatuses.contains(status.value) {
            add(
                "the status '\(status.value)' has a character that a database in \(facts.encoding) cannot hold:"
                    + " no row has it",
                at: place(of: status, index), .warning)
        }
        if let labels = column.type.enumLabels {
            for (index, status) in statuses.values.enumerated() where !labels.contains(status.value) {
                let hint = Spelling.hint(for: status.value, among: labels, listedAs: "it has")
                add(
                    "'\(status.value)' is no value of the enum \(column.type.displayName)\(hint)",
                    at: place(of: status, index))
            }
            let listed = Set(statuses.values.map(\.value))
            let missing = labels.filter { !listed.contains($0) }
            // Beside a value that is no label, these are probably the labels that were meant.
            if !missing.isEmpty, listed.isSubset(of: labels) {
                add(
                    "the enum \(column.type.displayName) has values that no request can choose, since they are not listed: "
                        + missing.map { "'\($0)'" }.joined(separator: ", "), at: "statuses.values", .warning)
            }
        } else if column.type.isInteger {
            for status in statuses.values where !KeyType.integer.accepts(status.value) {
                add("the status '\(status.value)' is no integer, but '\(column.name)' is", at: "statuses.column")
            }
        } else if !column.type.isText {
            add(
                "'\(column.name)' of \(report.table) is \(column.type.displayName);"
                    + " statuses need an enum, a text or an integer type",
                at: "statuses.column")
        }
    }

    func place(of status: Statuses.Status, _ index: Int) -> String {
        let path = "statuses.values.\(status.value.contains(".") ? String(index) : status.value)"
        return report.source.positions[path] == nil ? "statuses.values.\(index)" : path
    }
}
