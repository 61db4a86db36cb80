extension CatalogDraft {
    /// The catalog's file. It loads as it is; with something unknown in it, the checker points there.
    package var yaml: String {
        var lines = [
            "# Written by `penstock catalog init` from \(table). Look it through, then run `penstock catalog check`."
        ]
        for note in notes { lines += YAMLText.comment("To do: \(note).") }
        lines += heading + [""] + rows
        if !relations.isEmpty { lines += [""] + relationLines }
        lines += ["", "columns:"] + columns.flatMap(columnLines)
        lines += [""] + fileLines
        return lines.joined(separator: "\n") + "\n"
    }

    private var heading: [String] {
        var lines = [
            "module: \(YAMLText.scalar(module))",
            "key: \(YAMLText.scalar(key))",
            "category: \(dateField == nil ? "master-data" : "operational")",
            "label: \(YAMLText.scalar(label))",
        ]
        if let description { lines.append("description: \(YAMLText.scalar(description))") }
        return lines
    }

    private var rows: [String] {
        var lines = ["table: \(YAMLText.scalar("\(table)"))"]
        lines.append("tenant: { \(tenantFields) }")
        lines.append("uniqueKey: \(uniqueKeyFields)")
        if let dateField {
            let zone = dateField.type == .localDatetime ? ", zone: UTC" : ""
            if dateField.type == .localDatetime { lines.append(Self.zoneComment) }
            lines.append(
                "dateField: { column: \(YAMLText.scalar(dateField.column)), type: \(dateField.type.rawValue)\(zone),"
                    + " label: \(YAMLText.scalar(dateField.label)) }")
        }
        if let statuses {
            lines.append("statuses:")
            lines.append("  column: \(YAMLText.scalar(statuses.column))")
            lines.append("  values:")
            lines += statuses.values.map {
                "    - { value: \(YAMLText.scalar($0)), label: \(YAMLText.scalar($0)) }"
            }
        }
        if !scopes.isEmpty {
            lines.append("scopes:")
            lines += scopes.map {
                "  - { type: \(YAMLText.scalar($0.type)), label: \(YAMLText.scalar($0.label)),"
                    + " column: \(YAMLText.scalar($0.column)), valueType: \($0.valueType.rawValue) }"
            }
        }
        return lines
    }

    private static let zoneComment = "# A timestamp without a zone: `zone` says whose clock it was."

    private var tenantFields: String {
        switch tenant {
        case .constant(let tenant): return "constant: \(YAMLText.scalar(tenant))"
        case .related(let related):
            return "column: \(YAMLText.scalar(related.pointer)), table: \(YAMLText.scalar("\(related.table)")),"
                + " key: \(YAMLText.scalar(related.key)), tenantColumn: \(YAMLText.scalar(related.tenant.column)),"
                + " type: \(related.tenant.type.rawValue)"
        case .column(let column): return "column: \(YAMLText.scalar(column.column)), type: \(column.type.rawValue)"
        case nil: return "column: \(YAMLText.scalar(Self.unknown)), type: text"
        }
    }

    private var uniqueKeyFields: String {
        let key = uniqueKey ?? UniqueKey(column: Self.unknown, type: .text)
        guard let type = key.type else { return "{ columns: \(YAMLText.list(key.columns)) }" }
        return "{ column: \(YAMLText.scalar(key.columns[0])), type: \(type.rawValue) }"
    }

    private var relationLines: [String] {
        var lines = ["relations:"]
        for relation in relations {
            lines.append("  \(YAMLText.scalar(relation.name)):")
            lines.append("    table: \(YAMLText.scalar("\(relation.table)"))")
            lines.append("    key: \(YAMLText.scalar(relation.key))")
            if let tenant = relation.tenantColumn { lines.append("    tenantColumn: \(YAMLText.scalar(tenant))") }
            guard let nested = relation.nested else { continue }
            var fields = [
                "table: \(YAMLText.scalar("\(nested.table)"))", "column: \(YAMLText.scalar(nested.column))",
                "key: \(YAMLText.scalar(nested.key))",
            ]
            if let tenant = nested.tenantColumn { fields.append("tenantColumn: \(YAMLText.scalar(tenant))") }
            lines.append("    nested:")
            lines.append("      \(YAMLText.scalar(nested.name)): { \(fields.joined(separator: ", ")) }")
        }
        return lines
    }

    private func columnLines(_ column: Guess.Column) -> [String] {
        var lines = column.remark.map { YAMLText.comment($0).map { "  " + $0 } } ?? []
        if column.type == .localDatetime, column.column != dateField?.column { lines.append("  " + Self.zoneComment) }
        var fields = ["key: \(YAMLText.scalar(column.key))"]
        if column.column != column.key { fields.append("column: \(YAMLText.scalar(column.column))") }
        fields += ["label: \(YAMLText.scalar(column.label))", "type: \(column.type.rawValue)"]
        if column.type == .localDatetime { fields.append("zone: UTC") }
        if column.isDefault { fields.append("default: true") }
        guard let relation = relations.first(where: { $0.name == column.relation }) else {
            return lines + ["  - { \(fields.joined(separator: ", ")) }"]
        }
        lines.append("  - " + fields.joined(separator: "\n    "))
        let name = YAMLText.scalar(relation.name)
        let shown = relation.fields.map { field in
            field.split(separator: ".").last.map { Names.title(String($0)) } ?? ""
        }.joined(separator: ", ")
        let field = relation.fields.count == 1 ? YAMLText.scalar(relation.fields[0]) : YAMLText.list(relation.fields)
        lines.append("    relationOptions:")
        lines.append("      - { output: id, label: \(YAMLText.scalar(Names.title(column.column))) }")
        lines.append(
            "      - { output: reference_value, label: \(YAMLText.scalar("\(column.label): \(shown.lowercased())")),"
                + " table: \(name), referenceField: \(field) }")
        return lines
    }

    private var fileLines: [String] {
        var lines = ["formats: [csv, xlsx]"]
        if let dateField, uniqueKey?.columns != [dateField.column] {
            // The key of the column, which need not be its name; a left-out column is known by its name.
            let name = columns.first { $0.column == dateField.column }?.key ?? dateField.column
            lines.append("sort: [{ column: \(YAMLText.scalar(name)), direction: desc }]")
        }
        if let filterKey { lines.append("filterKey: \(YAMLText.scalar(filterKey))") }
        return lines
    }
}
