import SQLText

extension Report {
    /// The statuses whose values a column of the report shows as text; nil for another column.
    func statuses(shownBy column: Column) -> Statuses? {
        guard let statuses, statuses.column == column.column, [.enum, .string].contains(column.type) else { return nil }
        return statuses
    }
}

extension Statuses {
    /// The label of a value; a value that the catalog does not list stays as it is.
    ///
    ///     case t."status"::text when 'paid' then 'Betalt' … else t."status"::text end
    func label(of value: SQL, language: String) -> SQL {
        var label: SQL = "case \(value)::text"
        for status in values {
            label += " when \(bind: status.value)::text then \(bind: status.label.label(language))::text"
        }
        return "\(label) else \(value)::text end"
    }
}
