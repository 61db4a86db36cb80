/// The columns a report offers.
extension Column {
    static func list(reading value: YAMLValue) -> [Column] {
        guard let items = value.list(namedBy: "key") else { return [] }
        var columns: [Column] = []
        for item in items {
            guard let column = Column(reading: item) else { continue }
            guard !columns.contains(where: { $0.key == column.key }) else {
                item.fault("duplicate column '\(column.key)'")
                continue
            }
            columns.append(column)
        }
        if !columns.isEmpty, columns.count == items.count, !columns.contains(where: \.isDefault) {
            value.fault("no column has default: true; a request that names no columns would have none")
        }
        return columns
    }

    init?(reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .column) else { return nil }
        let key = mapping.required("key")?.slug()
        let label = mapping.required("label")?.localizedText()
        let type = mapping.required("type")?.choice(ColumnType.self)
        let column = mapping.optional("column").map { $0.identifier() } ?? key
        let isDefault = mapping.optional("default").map { $0.flag() } ?? false
        let zone = mapping.zone(of: type)
        let options = mapping.optional("relationOptions").map { RelationOption.list(reading: $0) } ?? []
        let permission = mapping.optional("permission")?.permission()
        guard let key, let label, let type, let column, let isDefault, let zone else { return nil }
        self.init(
            key: key, label: label, type: type, column: column, isDefault: isDefault, zone: zone,
            relationOptions: options, permission: permission)
    }
}

extension RelationOption {
    static func list(reading value: YAMLValue) -> [RelationOption] {
        var options: [RelationOption] = []
        for item in value.list() ?? [] {
            guard let option = RelationOption(reading: item) else { continue }
            guard !options.contains(where: { $0.output.means(option.output) }) else {
                item.fault("duplicate relation option: the same output is offered twice")
                continue
            }
            options.append(option)
        }
        return options
    }

    init?(reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .relationOption) else { return nil }
        let output = mapping.required("output")?.choice(of: ["id", "reference_value"])
        let label = mapping.required("label")?.localizedText()
        switch output {
        case "id":
            for key in ["table", "referenceField", "type", "zone"] {
                mapping.optional(key)?.fault("\(key) belongs to output reference_value; output id has none")
            }
            guard let label else { return nil }
            self.init(output: .id, label: label)
        case "reference_value":
            guard let path = ReferencePath(reading: mapping), let label else { return nil }
            self.init(output: .referenceValue(path), label: label)
        default:
            return nil
        }
    }
}

extension RelationOption.Output {
    /// Whether a request could not tell the two apart.
    func means(_ other: RelationOption.Output) -> Bool {
        switch (self, other) {
        case (.id, .id): true
        case (.referenceValue(let left), .referenceValue(let right)):
            left.relation == right.relation && left.referenceField == right.referenceField
        default: false
        }
    }
}

extension ReferencePath {
    fileprivate init?(reading mapping: YAMLValue.Mapping) {
        let relation = mapping.required("table")?.text()
        let field = mapping.required("referenceField")
        let paths = field.flatMap { Self.paths(reading: $0) }
        let type = mapping.optional("type").map { $0.choice(ColumnType.self) } ?? .string
        let zone = mapping.zone(of: type)
        guard let relation, let field, let paths, let type, let zone else { return nil }
        guard paths.count == 1 || type == .string else {
            mapping.optional("type")?.fault("several columns make a text; type \(type.rawValue) has one column")
            return nil
        }
        guard Set(paths.map(\.nested)).count == 1, Set(paths.map(\.column)).count == paths.count else {
            field.fault("the columns of referenceField must be different ones of one table")
            return nil
        }
        self.init(
            relation: relation, nested: paths[0].nested, columns: paths.map(\.column), type: type, zone: zone)
    }

    /// One column, or a list of them.
    private static func paths(reading field: YAMLValue) -> [(nested: String?, column: String)]? {
        guard let items = field.isScalar ? [field] : field.list() else { return nil }
        var paths: [(nested: String?, column: String)] = []
        for item in items {
            guard let text = item.text() else { return nil }
            let steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard steps.count <= 2, steps.allSatisfy({ YAMLValue.identifierFault($0) == nil }) else {
                item.fault("referenceField must be a column, or nested.column with one nested name, not '\(text)'")
                return nil
            }
            paths.append((steps.count == 2 ? steps[0] : nil, steps[steps.count - 1]))
        }
        return paths
    }
}

extension YAMLValue.Mapping {
    /// The zone under `zone`, UTC without one; only a local date-time may have it.
    fileprivate func zone(of type: ColumnType?) -> String? {
        guard let zone = optional("zone") else { return "UTC" }
        if let type, type != .localDatetime {
            zone.fault("zone belongs to type localDatetime; \(type.rawValue) has none")
        }
        return zone.timeZone()
    }
}
