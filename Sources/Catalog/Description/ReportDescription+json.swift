import JSON

/// The description as it is kept beside rows.
extension ReportDescription {
    package var json: JSON {
        [
            "module": .string(module), "catalog": .string(catalog), "label": label.json, "description": text.json,
            "columns": .array(columns.map(\.json)), "dateField": dateField?.json ?? .null,
            "statuses": .array(statuses.map(\.json)), "scope": scope?.json ?? .null, "order": .array(order.map(\.json)),
        ]
    }

    /// - Returns: nil when the JSON is no description.
    package init?(_ json: JSON) {
        guard let module = json["module"]?.string, let catalog = json["catalog"]?.string,
            let label = LocalizedText(json["label"]), let text = LocalizedText(json["description"]),
            let columns = json["columns"]?.array, let statuses = json["statuses"]?.array,
            let order = json["order"]?.array
        else { return nil }
        self.init(
            module: module, catalog: catalog, label: label, text: text, columns: columns.compactMap(Column.init),
            dateField: LocalizedText(json["dateField"]), statuses: statuses.compactMap(Named.init),
            scope: LocalizedText(json["scope"]), order: order.compactMap(Named.init))
        guard self.columns.count == columns.count else { return nil }
    }
}

extension ReportDescription.Column {
    fileprivate var json: JSON {
        [
            "key": .string(key), "label": label.json, "type": .string(type.rawValue),
            "relationOutput": .string(orNull: relationOutput), "shownAs": shownAs?.json ?? .null,
            "shownType": .string(shownType.rawValue), "mayHoldFormulas": .bool(mayHoldFormulas),
        ]
    }

    fileprivate init?(_ json: JSON) {
        guard let key = json["key"]?.string, let label = LocalizedText(json["label"]),
            let type = json["type"]?.string.flatMap(ColumnType.init(rawValue:)),
            let shownType = json["shownType"]?.string.flatMap(ColumnType.init(rawValue:))
        else { return nil }
        self.init(
            key: key, label: label, type: type, relationOutput: json["relationOutput"]?.string,
            shownAs: LocalizedText(json["shownAs"]), shownType: shownType,
            // Rows that were kept before the types were asked for were written as if all columns might.
            mayHoldFormulas: json["mayHoldFormulas"]?.bool ?? true)
    }
}

extension ReportDescription.Named {
    fileprivate var json: JSON { ["value": .string(value), "label": label.json] }

    fileprivate init?(_ json: JSON) {
        guard let value = json["value"]?.string, let label = LocalizedText(json["label"]) else { return nil }
        self.init(value: value, label: label)
    }
}

extension LocalizedText {
    /// Languages and texts, in their order.
    var json: JSON { .object(JSON.Object(texts.map { ($0.language, .string($0.text)) })) }

    init?(_ json: JSON?) {
        guard let members = json?.object?.members else { return nil }
        self.init(members.compactMap { member in member.value.string.map { (member.key, $0) } })
    }
}
