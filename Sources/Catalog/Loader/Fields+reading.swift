/// The parts of a report that narrow its rows: the date field, statuses, scopes.
extension DateField {
    init?(reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .dateField) else { return nil }
        let column = mapping.required("column")?.identifier()
        let type = mapping.required("type")?.choice(of: CatalogMapping.dateTypes)
        let zone = mapping.optional("zone").map { $0.timeZone() } ?? "UTC"
        let label = mapping.required("label")?.localizedText()
        if let type, type != "localDatetime", let zone = mapping.optional("zone") {
            zone.fault("zone belongs to type localDatetime; \(type) has none")
        }
        guard let column, let type, let zone, let label else { return nil }
        let kind: Kind =
            switch type {
            case "date": .date
            case "localDatetime": .localDatetime(zone: zone)
            default: .datetime
            }
        self.init(column: column, kind: kind, label: label)
    }
}

extension Statuses {
    init?(reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .statuses) else { return nil }
        let column = mapping.required("column")?.identifier()
        var statuses: [Status] = []
        for item in mapping.required("values")?.list(namedBy: "value") ?? [] {
            guard let status = Status(reading: item) else { continue }
            guard !statuses.contains(where: { $0.value == status.value }) else {
                item.fault("duplicate status '\(status.value)'")
                continue
            }
            statuses.append(status)
        }
        guard let column, !statuses.isEmpty else { return nil }
        self.init(column: column, values: statuses)
    }
}

extension Statuses.Status {
    /// A plain text is its own label.
    init?(reading value: YAMLValue) {
        if value.isScalar {
            guard let text = value.text() else { return nil }
            self.init(value: text, label: LocalizedText(text))
            return
        }
        guard let mapping = value.mapping(of: .status) else { return nil }
        guard let text = mapping.required("value")?.text() else { return nil }
        let label = mapping.optional("label").map { $0.localizedText() } ?? LocalizedText(text)
        guard let label else { return nil }
        self.init(value: text, label: label)
    }
}

extension Scope {
    static func list(reading value: YAMLValue) -> [Scope] {
        var scopes: [Scope] = []
        for item in value.list(namedBy: "type") ?? [] {
            guard let scope = Scope(reading: item) else { continue }
            guard !scopes.contains(where: { $0.type == scope.type }) else {
                item.fault("duplicate scope type '\(scope.type)'")
                continue
            }
            scopes.append(scope)
        }
        return scopes
    }

    init?(reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .scope) else { return nil }
        let type = mapping.required("type")?.slug()
        let label = mapping.required("label")?.localizedText()
        let column = mapping.required("column")?.identifier()
        let valueType = mapping.optional("valueType").map { $0.choice(KeyType.self) } ?? .text
        let multi = mapping.optional("multi").map { $0.flag() } ?? true
        let source = mapping.optional("valueSource").map { ValueSource(reading: $0) }
        guard let type, let label, let column, let valueType, let multi else { return nil }
        self.init(
            type: type, label: label, column: column, valueType: valueType, multi: multi, valueSource: source ?? nil)
    }
}

extension ValueSource {
    init?(reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .valueSource) else { return nil }
        let endpoint = mapping.required("endpoint")?.text()
        let itemsField = mapping.required("itemsField")?.text()
        let valueField = mapping.required("valueField")?.text()
        let labelField = mapping.required("labelField")?.text()
        let searchParam = mapping.optional("searchParam")?.text()
        let pageParam = mapping.optional("pageParam")?.text()
        guard let endpoint, let itemsField, let valueField, let labelField else { return nil }
        self.init(
            endpoint: endpoint, itemsField: itemsField, valueField: valueField, labelField: labelField,
            searchParam: searchParam, pageParam: pageParam)
    }
}
