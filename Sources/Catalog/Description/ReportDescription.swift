/// The choices of a request, in the catalog's own words and all its languages: enough to head and explain a
/// file when the catalog itself has changed or gone.
package struct ReportDescription: Equatable, Sendable {
    package struct Column: Equatable, Sendable {
        package let key: String
        package let label: LocalizedText
        /// The declared type of the column.
        package let type: ColumnType
        /// `id` or `reference_value` where the request says so.
        package let relationOutput: String?
        /// The label of the relation's option; nil when the request chose no option.
        package let shownAs: LocalizedText?
        /// The type of the cells; for a reference value, the type that its option declares.
        package let shownType: ColumnType
        /// Whether a user may have typed its texts, as in `OutputColumn`.
        package internal(set) var mayHoldFormulas = true
    }

    /// A value that the request named, and its label in the catalog.
    package struct Named: Equatable, Sendable {
        package let value: String
        package let label: LocalizedText
    }

    package let module: String
    package let catalog: String
    package let label: LocalizedText
    package let text: LocalizedText
    /// In the file's order.
    package private(set) var columns: [Column]
    /// The label of the column that a date range narrows.
    package let dateField: LocalizedText?
    /// Of the request's statuses.
    package let statuses: [Named]
    /// Of the request's scope.
    package let scope: LocalizedText?
    /// The terms of the order, the value of each being its direction, without the unique key at the end.
    package let order: [Named]
}

extension ReportDescription {
    /// - Throws: `undeclared`, as compiling the request does.
    package init(_ request: ExportRequest, of report: Report) throws(CompileError) {
        module = report.module
        catalog = report.key
        label = report.label
        text = report.description
        var columns: [Column] = []
        for key in request.columns {
            guard let column = report.column(key) else { throw .undeclared(field: "columns", name: key) }
            let wish = request.relationFields.first { $0.field == key }
            let option = wish.flatMap { column.option(for: $0.output) }
            if wish != nil, option == nil { throw .undeclared(field: "relationFields", name: key) }
            var shownType = column.type
            if case .referenceValue(let path) = option?.output { shownType = path.type }
            columns.append(
                Column(
                    key: key, label: column.label, type: column.type, relationOutput: option?.output.name,
                    shownAs: option?.label, shownType: shownType))
        }
        self.columns = columns
        dateField = report.dateField?.label
        statuses = request.statuses.map { value in
            Named(
                value: value,
                label: report.statuses?.values.first { $0.value == value }?.label ?? LocalizedText(value))
        }
        scope = request.scope.flatMap { report.scope($0.type)?.label }
        order = (request.sort.isEmpty ? report.sort : request.sort).map { term in
            let isDateField = report.column(term.field) == nil && report.dateField?.column == term.field
            let label = isDateField ? report.dateField?.label : report.column(term.field)?.label
            return Named(value: term.direction.rawValue, label: label ?? LocalizedText(term.field))
        }
    }

    /// The columns of a file in a language; some of them, where `keys` names some, in its order.
    /// - Parameter headings: what columns are called in place of their labels.
    /// - Returns: nil when a key is not among them.
    package func outputColumns(
        _ keys: [String]? = nil, headings: [String: String] = [:], language: String
    ) -> [OutputColumn]? {
        var chosen: [OutputColumn] = []
        for key in keys ?? columns.map(\.key) {
            guard let column = columns.first(where: { $0.key == key }) else { return nil }
            chosen.append(
                OutputColumn(
                    key: key, label: headings[key] ?? column.label.label(language), type: column.type,
                    relationOutput: column.relationOutput, kind: column.shownType.outputKind,
                    mayHoldFormulas: column.mayHoldFormulas))
        }
        return chosen
    }

    /// The same with the properties of its export's columns.
    package func knowing(_ output: [OutputColumn]) -> ReportDescription {
        var description = self
        for (index, column) in output.enumerated() where index < columns.count {
            description.columns[index].mayHoldFormulas = column.mayHoldFormulas
        }
        return description
    }
}
