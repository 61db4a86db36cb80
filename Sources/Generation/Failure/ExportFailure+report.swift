import Catalog

/// Explains the database's errors for one report: the server names only the value or relation that it could not take,
/// and the report knows to which filter, column or table it belongs.
extension ExportFailure {
    /// The same failure in the report's own names, where the server's message has one of them.
    /// - Parameter days: the zone in which the days of the request's period begin and end.
    package func explained(by report: Report, _ request: ExportRequest, daysIn zone: String) -> ExportFailure {
        switch sqlState {
        case "22023":
            guard let unknown = named(in: report.zones + [request.timezone, zone]) else { return self }
            return replaced("unknown_timezone", "The database does not know the time zone \(unknown)")
        case "22P02":
            guard let status = named(in: request.statuses) else { return self }
            return replaced("catalog_changed", "The database does not know the status \(status) any more")
        case "55000" where code == "source_not_filled":
            let relation = report.relations.first { named(in: [$0.table.name]) != nil }
            let what =
                named(in: [report.table.name]) == nil && relation != nil
                ? "relation \(relation?.name ?? "")" : "report \(report.label.label("en"))"
            return replaced(code, "The materialized view of the \(what) has not been filled yet")
        default: return self
        }
    }

    private func replaced(_ code: String, _ summary: String) -> ExportFailure {
        ExportFailure(code, summary, recovery, sqlState: sqlState, message: message, detail: detail)
    }

    /// The name that stands in the server's message, in any language and any quotes. Only whole words count:
    /// `open` is not in `reopened`.
    private func named(in names: [String]) -> String? {
        guard let message else { return nil }
        return names.filter { name in
            guard !name.isEmpty else { return false }
            return message.ranges(of: name).contains { range in
                func isWord(_ character: Character?) -> Bool {
                    character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
                }
                let before =
                    range.lowerBound > message.startIndex ? message[message.index(before: range.lowerBound)] : nil
                let after = range.upperBound < message.endIndex ? message[range.upperBound] : nil
                return !isWord(before) && !isWord(after)
            }
        }.max { $0.count < $1.count }
    }
}

extension Report {
    /// The zones of its local date-times.
    fileprivate var zones: [String] {
        var zones = columns.filter { $0.type == .localDatetime }.map(\.zone)
        for column in columns {
            for option in column.relationOptions {
                if case .referenceValue(let path) = option.output { zones.append(path.zone) }
            }
        }
        if case .localDatetime(let zone) = dateField?.kind { zones.append(zone) }
        return zones
    }
}
