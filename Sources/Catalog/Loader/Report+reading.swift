import Coding
import Formats

extension Report {
    /// A file's report; nil when anything in it is a fault, all of which are then in the value's log.
    init?(reading value: YAMLValue) {
        guard let root = value.mapping(of: .report) else { return nil }
        let module = root.required("module")?.slug()
        let key = root.required("key")?.slug()
        let category = root.required("category")?.slug()
        let label = root.required("label")?.localizedText()
        let description = root.optional("description").map { $0.localizedText() } ?? LocalizedText("")
        let table = root.required("table")?.tableName()
        let tenant = root.required("tenant").flatMap { Tenancy(reading: $0) }
        let uniqueKey = root.required("uniqueKey").flatMap { UniqueKey(reading: $0) }
        let dateField = root.optional("dateField").flatMap { DateField(reading: $0) }
        let statuses = root.optional("statuses").flatMap { Statuses(reading: $0) }
        let scopes = root.optional("scopes").map { Scope.list(reading: $0) } ?? []
        let relations = root.optional("relations").map { RelationTarget.list(reading: $0) } ?? []
        let columns = root.required("columns").map { Column.list(reading: $0) } ?? []
        let formats = root.optional("formats").map { Self.formats(reading: $0) } ?? ExportFormat.allCases
        let sort = root.optional("sort").map { SortTerm.list(reading: $0) } ?? []
        let filterKey = root.optional("filterKey")?.text()
        let watermark = root.optional("watermark")?.identifier()
        let permission = root.optional("permission")?.permission()
        let rowRules = root.optional("rows").map { RowRule.list(reading: $0) } ?? []
        let keepRows = root.optional("keepRows")?.retention() ?? .some(nil)

        let relationNames = root.optional("relations")?.names(under: "") ?? []
        Self.refuseUndeclared(columns, relations, relationNames, value.log)
        guard let module, let key, let category, let label, let description, let table, let tenant, let uniqueKey,
            let keepRows
        else { return nil }
        self.init(
            module: module, key: key, category: category, label: label, description: description, table: table,
            tenant: tenant, uniqueKey: uniqueKey, dateField: dateField, statuses: statuses, scopes: scopes,
            relations: relations, columns: columns, formats: formats, sort: sort, filterKey: filterKey,
            keepRowsSeconds: keepRows, watermark: watermark, permission: permission, rowRules: rowRules,
            source: SourceMap(file: value.log.file, positions: value.log.positions))
        refuseUnknownOrder(root.optional("columns")?.names(under: "key") ?? [], value.log)
        guard value.log.faults.isEmpty else { return nil }
    }

    private static func formats(reading value: YAMLValue) -> [ExportFormat] {
        var formats: [ExportFormat] = []
        for item in value.list() ?? [] {
            guard let format = item.choice(ExportFormat.self) else { continue }
            guard !formats.contains(format) else {
                item.fault("duplicate format '\(format.rawValue)'")
                continue
            }
            formats.append(format)
        }
        return formats
    }

    /// Relation options must lead to a declared relation. One that is declared with faults in it is `names`' and no
    /// further fault.
    private static func refuseUndeclared(
        _ columns: [Column], _ relations: [RelationTarget], _ names: [String], _ log: FaultLog
    ) {
        let source = SourceMap(file: log.file, positions: log.positions)
        for column in columns {
            for (index, option) in column.relationOptions.enumerated() {
                guard case .referenceValue(let path) = option.output else { continue }
                let place = "columns.\(column.key).relationOptions.\(index)"
                guard names.contains(path.relation) else {
                    let hint = Spelling.hint(for: path.relation, among: names)
                    let known = names.isEmpty ? "; the catalog declares no relations" : hint
                    log.add(
                        "'\(path.relation)' is not a declared relation\(known)",
                        at: source.position(of: "\(place).table"))
                    continue
                }
                guard let nested = path.nested,
                    let relation = relations.first(where: { $0.name == path.relation }),
                    relation.nested(nested) == nil
                else { continue }
                let hint = Spelling.hint(for: nested, among: relation.nested.map(\.name))
                let known = relation.nested.isEmpty ? "; it declares none" : hint
                log.add(
                    "'\(nested)' is not declared under nested of the relation '\(relation.name)'\(known)",
                    at: source.position(of: "\(place).referenceField"))
            }
        }
    }

    /// Sort terms and the filter key must name columns; `names` are those of all that are declared, with or without
    /// faults.
    private func refuseUnknownOrder(_ names: [String], _ log: FaultLog) {
        for (index, term) in sort.enumerated() {
            let position = source.position(of: "sort.\(index).column")
            if sortColumn(term.field) == nil, !names.contains(term.field) {
                let hint = Spelling.hint(for: term.field, among: names)
                log.add("sort: '\(term.field)' is not the key of a column\(hint)", at: position)
            } else if column(term.field)?.type == .json {
                log.add("sort: '\(term.field)' is of type json, which has no order", at: position)
            } else if sort[..<index].contains(where: { $0.field == term.field }) {
                log.add("sort: duplicate column '\(term.field)'", at: position)
            }
        }
        if let filterKey, !names.contains(filterKey) {
            let hint = Spelling.hint(for: filterKey, among: names)
            log.add("filterKey: '\(filterKey)' is not the key of a column\(hint)", at: source.position(of: "filterKey"))
        }
        if let filterKey, let column = column(filterKey), column.type.keyType == nil {
            log.add(
                "filterKey: '\(filterKey)' is of type \(column.type.rawValue); keys are of type string, uuid or integer",
                at: source.position(of: "filterKey"))
        }
    }
}

extension SortTerm {
    static func list(reading value: YAMLValue) -> [SortTerm] {
        (value.list() ?? []).compactMap { item in
            guard let mapping = item.mapping(of: .sort) else { return nil }
            let field = mapping.required("column")?.text()
            let direction = mapping.optional("direction").map { $0.choice(Direction.self) } ?? .asc
            guard let field, let direction else { return nil }
            return SortTerm(field: field, direction: direction)
        }
    }
}
