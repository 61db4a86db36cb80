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
        let tenant = tenant ?? Guess.Key(column: Self.unknown, type: .text)
        lines.append("tenant: \(pair(tenant))")
        lines.append("uniqueKey: \(pair(uniqueKey ?? Guess.Key(column: Self.unknown, type: .text)))")
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
                "    - { value: \(YAMLText.scalar($0)), label: \(YAMLText.scalar(Names.title($0))) }"
            }
        }
        return lines
    }

    private static let zoneComment = "# A timestamp without a zone: `zone` says whose clock it was."

    private func pair(_ key: Guess.Key) -> String {
        "{ column: \(YAMLText.scalar(key.column)), type: \(key.type.rawValue) }"
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
        let shown = relation.field.split(separator: ".").last.map { Names.title(String($0)) } ?? ""
        lines.append("    relationOptions:")
        lines.append("      - { output: id, label: \(YAMLText.scalar(Names.title(column.column))) }")
        lines.append(
            "      - { output: reference_value, label: \(YAMLText.scalar("\(column.label): \(shown.lowercased())")),"
                + " table: \(name), referenceField: \(YAMLText.scalar(relation.field)) }")
        return lines
    }

    private var fileLines: [String] {
        var lines = ["formats: [csv, xlsx]"]
        if let dateField, dateField.column != uniqueKey?.column {
            // The key of the column, which need not be its name; a left-out column is known by its name.
            let name = columns.first { $0.column == dateField.column }?.key ?? dateField.column
            lines.append("sort: [{ column: \(YAMLText.scalar(name)), direction: desc }]")
        }
        if let filterKey { lines.append("filterKey: \(YAMLText.scalar(filterKey))") }
        return lines
    }
}
