/// The names of the database that a report uses.
extension Report {
    /// Every table it names, each once.
    var tables: [TableName] {
        var tables = [table]
        if case .related(let related) = tenant { tables.append(related.table) }
        for relation in relations {
            tables.append(relation.table)
            tables += relation.nested.map(\.table)
        }
        var seen: Set<TableName> = []
        return tables.filter { seen.insert($0).inserted }
    }

    /// The zones of its local date-times, with where each is declared.
    var zones: [(path: String, zone: String)] {
        var zones: [(path: String, zone: String)] = []
        if case .localDatetime(let zone) = dateField?.kind { zones.append(("dateField.zone", zone)) }
        for column in columns {
            if column.type == .localDatetime { zones.append(("columns.\(column.key).zone", column.zone)) }
            for (index, option) in column.relationOptions.enumerated() {
                guard case .referenceValue(let way) = option.output, way.type == .localDatetime else { continue }
                zones.append(("columns.\(column.key).relationOptions.\(index).zone", way.zone))
            }
        }
        return zones
    }
}

extension DateField.Kind {
    /// As a catalog file writes it.
    var name: String {
        switch self {
        case .datetime: "datetime"
        case .localDatetime: "localDatetime"
        case .date: "date"
        }
    }
}
