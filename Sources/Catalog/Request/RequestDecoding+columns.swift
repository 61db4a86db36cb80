import Coding
import JSON

/// Which columns a request wants, shown how and in which order.
extension RequestDecoding {
    mutating func columns() -> [String] {
        let defaults = (report?.columns ?? []).filter(\.isDefault).map(\.key)
        guard body.take("columns") != nil else { return defaults }
        guard let keys = body.strings("columns") else { return [] }
        guard let report else { return keys }
        refuseDuplicates(in: keys, field: "columns", what: "column")
        refuseUnknown(keys, field: "columns", what: "column", among: report.columns.map(\.key))
        return keys
    }

    mutating func relationFields(selected: [String]) -> [ExportRequest.RelationField] {
        // An empty array means the same as no array: the Exports API calls the field an array and not a choice.
        if body.object["relationFields"] == .array([]) {
            _ = body.take("relationFields")
            return []
        }
        var fields: [ExportRequest.RelationField] = []
        for (index, item) in (body.list("relationFields") ?? []).enumerated() {
            guard let object = item.object else {
                body.fault("relationFields.\(index)", that: "must be an object")
                continue
            }
            guard let field = relationField(object, index: index, selected: selected) else { continue }
            if fields.contains(where: { $0.field == field.field }) {
                body.fault("relationFields.\(field.field)", "duplicate relation field")
            }
            fields.append(field)
        }
        return fields
    }

    /// Faults are under the column's key where the item names one, else under the item's index.
    mutating func relationField(
        _ object: JSON.Object, index: Int, selected: [String]
    ) -> ExportRequest.RelationField? {
        let name = object["field"]?.string.map { RequestFault.shown($0) } ?? String(index)
        var reader = body.inside(object, at: "relationFields", name)
        let field = reader.requiredString("field")
        let output = reader.requiredString("output")
        let table = reader.string("table")
        let referenceField = reader.string("referenceField")
        let isReadable = reader.faults.isEmpty
        body.absorb(reader)
        guard isReadable, let field, let output, let report else { return nil }
        let wanted: ExportRequest.RelationField.Output? =
            switch (output, table, referenceField) {
            case ("id", nil, nil): .id
            case ("reference_value", let table?, let referenceField?):
                .referenceValue(table: table, referenceField: referenceField)
            default: nil
            }
        guard let wanted, selected.contains(field), let column = report.column(field),
            column.option(for: wanted) != nil
        else {
            body.fault("relationFields.\(name)", "relation_target_not_whitelisted")
            return nil
        }
        return ExportRequest.RelationField(field: field, output: wanted)
    }

    mutating func headings(selected: [String]) -> [String: String] {
        guard var reader = body.reader("headings") else { return [:] }
        var headings: [String: String] = [:]
        for key in reader.object.keys {
            guard let text = reader.string(key) else { continue }
            let name = RequestFault.shown(key)
            if !selected.contains(key), report != nil {
                reader.fault(name, that: "is not among the columns")
            } else if !text.isHeading {
                reader.fault(name, that: "must be 1 to 255 printable characters")
            } else if headings.values.contains(text) {
                reader.fault(name, "duplicate heading: \(RequestFault.shown(text))")
            }
            headings[key] = text
        }
        body.absorb(reader)
        return headings
    }

    mutating func sort() -> [SortTerm] {
        guard let items = body.list("sort") else { return [] }
        var terms: [SortTerm] = []
        for (index, item) in items.enumerated() {
            var reader = body.inside(item.object ?? JSON.Object(), at: "sort", "\(index)")
            let field: String?
            let direction: SortTerm.Direction?
            if body.names.signsSortTerms, let text = item.string {
                direction = text.hasPrefix("-") ? .desc : .asc
                field = direction == .desc ? String(text.dropFirst()) : text
            } else if item.object != nil {
                field = reader.requiredString("field")
                direction = reader.choice("direction", of: SortTerm.Direction.allCases, default: .asc)
            } else {
                body.fault("sort.\(index)", that: "must be an object")
                continue
            }
            if let report, let field {
                switch report.column(field)?.type {
                case nil:
                    let hint =
                        index < Self.hinted ? Spelling.suggestion(for: field, among: report.columns.map(\.key)) : ""
                    reader.fault("field", "unknown column: \(RequestFault.shown(field))\(hint)")
                case .json: reader.fault("field", "cannot sort by a json column: \(field)")
                default: break
                }
            }
            body.absorb(reader)
            guard let field, let direction else { continue }
            if terms.contains(where: { $0.field == field }) {
                body.fault("sort", "duplicate column: \(RequestFault.shown(field))")
            }
            terms.append(SortTerm(field: field, direction: direction))
        }
        return terms
    }
}

extension Column {
    /// The declared option that a request's wish comes to, or nil: the whitelist.
    func option(for output: ExportRequest.RelationField.Output) -> RelationOption? {
        relationOptions.first { option in
            switch (option.output, output) {
            case (.id, .id): true
            case (.referenceValue(let path), .referenceValue(let table, let referenceField)):
                path.relation == table && path.referenceField == referenceField
            default: false
            }
        }
    }
}

extension String {
    /// Whether a text stands in one line of a header and can be seen there.
    var isHeading: Bool {
        (1...255).contains(unicodeScalars.count) && contains { !$0.isWhitespace }
            && unicodeScalars.allSatisfy {
                switch $0.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
    }
}
