import Catalog
import Formats
import Time

/// The three tables that explain a report: its request, its columns, and the counts and sums of its rows.
///
/// Everything in them follows from the request and the rows' provenance, nothing from the clock or from the process
/// that makes the file: the same rows rendered again in the same way have the same annexes.
struct Annexes {
    private let provenance: Provenance
    private let request: ExportRequest
    private let language: String

    /// - Parameter request: how the file is rendered; its columns are among the provenance's.
    static func tables(_ provenance: Provenance, _ request: ExportRequest, language: String) -> [AnnexTable] {
        let annexes = Annexes(provenance: provenance, request: request, language: language)
        return [annexes.parameters, annexes.columns, annexes.summary]
    }

    private var parameters: AnnexTable {
        var rows: [[String?]] = []
        func add(_ name: LocalizedText, _ value: String?) {
            if let value, !value.isEmpty { rows.append([name.label(language), value]) }
        }
        let description = provenance.description
        add(AnnexText.report, description.label.label(language))
        add(AnnexText.description, description.text.label(language))
        add(AnnexText.catalog, "\(description.module)/\(description.catalog)")
        add(AnnexText.organisation, provenance.tenant)
        add(AnnexText.reportID, provenance.origin?.reportID)
        add(AnnexText.requestedBy, provenance.origin?.requestedBy)
        add(AnnexText.requestedAt, provenance.origin?.requestedAt)
        add(AnnexText.dataAsOf, provenance.snapshotAt)
        if let dateField = description.dateField {
            add(AnnexText.periodOf, dateField.label(language))
            add(AnnexText.firstDay, request.dateRange?.from.description ?? AnnexText.all.label(language))
            add(AnnexText.lastDay, request.dateRange?.to.description ?? AnnexText.all.label(language))
            if request.dateRange != nil, provenance.zone != request.timezone {
                add(AnnexText.periodZone, provenance.zone)
            }
        }
        add(AnnexText.timeZone, request.timezone)
        add(AnnexText.statuses, list(description.statuses.map(shown)))
        add(AnnexText.scope, scope)
        add(AnnexText.filterFile, request.filterFile)
        let order = description.order.map { term in
            let label = term.label.label(language)
            return term.value == SortTerm.Direction.desc.rawValue
                ? "\(label) (\(AnnexText.descending.label(language)))" : label
        }
        add(AnnexText.order, order.joined(separator: ", "))
        add(AnnexText.format, request.format.rawValue)
        add(AnnexText.locale, request.locale)
        add(AnnexText.language, language)
        return table(AnnexText.parameters, "parameters", [AnnexText.parameter, AnnexText.value], rows)
    }

    private var columns: AnnexTable {
        let rows = chosen.map { column -> [String?] in
            [
                column.key, heading(of: column), column.shownType.apiName,
                column.shownAs?.label(language),
            ]
        }
        return table(
            AnnexText.columns, "columns", [AnnexText.key, AnnexText.label, AnnexText.type, AnnexText.shownAs], rows)
    }

    private var summary: AnnexTable {
        var rows: [[String?]] = [[nil, AnnexText.rows.label(language), String(provenance.summary.rows), nil]]
        for column in chosen {
            guard let sum = provenance.summary.columns.first(where: { $0.key == column.key }) else { continue }
            rows.append([column.key, heading(of: column), String(sum.count), sum.sum])
        }
        return table(
            AnnexText.summary, "summary", [AnnexText.key, AnnexText.column, AnnexText.count, AnnexText.sum], rows,
            numbersFrom: 2)
    }

    /// The file's columns, in its order.
    private var chosen: [ReportDescription.Column] {
        request.columns.compactMap { key in provenance.description.columns.first { $0.key == key } }
    }

    /// What the column is called in the file.
    private func heading(of column: ReportDescription.Column) -> String {
        request.headings[column.key] ?? column.label.label(language)
    }

    private var scope: String {
        guard let selection = request.scope else { return AnnexText.all.label(language) }
        let label = provenance.description.scope?.label(language) ?? selection.type
        return "\(label): \(selection.values.joined(separator: ", "))"
    }

    private func shown(_ status: ReportDescription.Named) -> String {
        let label = status.label.label(language)
        return label == status.value ? label : "\(label) (\(status.value))"
    }

    private func list(_ items: [String]) -> String {
        items.isEmpty ? AnnexText.all.label(language) : items.joined(separator: ", ")
    }

    private func table(
        _ title: LocalizedText, _ fileName: String, _ names: [LocalizedText], _ rows: [[String?]],
        numbersFrom firstNumber: Int = .max
    ) -> AnnexTable {
        AnnexTable(
            title: title.label(language), fileName: fileName,
            columns: names.enumerated().map { index, name in
                CellColumn(
                    key: name.label("en").lowercased(), label: name.label(language),
                    kind: index >= firstNumber ? .number : .text)
            }, rows: rows)
    }
}
