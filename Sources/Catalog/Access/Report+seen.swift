/// The report that a caller sees. What the caller may not see is not in it, so that it is refused, listed and told of
/// as what was never declared.
extension Report {
    /// Whether callers see it differently.
    package var isGuarded: Bool {
        permission != nil || !rowRules.isEmpty || columns.contains { $0.permission != nil }
            || relations.contains { $0.permission != nil }
    }

    /// - Returns: nil when the caller may not see the report, none of its columns, or no row of it because a claim is
    ///   missing.
    package func seen(by viewer: Viewer) -> Report? {
        guard isGuarded else { return self }
        guard viewer.has(permission) else { return nil }
        var seen = self
        seen.rows = []
        for rule in rowRules {
            switch rule.reach(of: viewer) {
            case .all: break
            case .only(let condition): seen.rows?.append(condition)
            case .none: return nil
            }
        }
        let relations = relations.filter { viewer.has($0.permission) }
        seen.relations = relations
        seen.columns = columns.filter { viewer.has($0.permission) }.map { $0.leading(to: relations) }
        guard !seen.columns.isEmpty else { return nil }
        if !seen.columns.contains(where: \.isDefault) { seen.columns = seen.columns.map(\.asDefault) }
        seen.hiddenColumns = Set(columns.map(\.column)).subtracting(seen.columns.map(\.column))
        seen.hideWhatTells()
        return seen
    }

    /// What narrows or sorts by a hidden column tells of its values.
    private mutating func hideWhatTells() {
        if let column = dateField?.column, hiddenColumns.contains(column) { dateField = nil }
        if let column = statuses?.column, hiddenColumns.contains(column) { statuses = nil }
        scopes = scopes.filter { !hiddenColumns.contains($0.column) }
        if let key = filterKey, column(key) == nil { filterKey = nil }
        sort = sort.filter { sortColumn($0.field) != nil }
    }

    /// Whether a caller who sees the report as this one may have a file that a request made for somebody who saw it as
    /// `other`. The columns are not asked about: the request is decoded for that.
    package func covers(rowsOf other: Report) -> Bool {
        (rows ?? []).allSatisfy { mine in
            (other.rows ?? []).contains { $0.column == mine.column && Set($0.values).isSubset(of: mine.values) }
        }
    }
}

extension Column {
    /// Without the options that lead to other relations than these.
    fileprivate func leading(to relations: [RelationTarget]) -> Column {
        var column = self
        column.relationOptions = relationOptions.filter { option in
            guard case .referenceValue(let path) = option.output else { return true }
            return relations.contains { $0.name == path.relation }
        }
        return column
    }

    fileprivate var asDefault: Column {
        var column = self
        column.isDefault = true
        return column
    }
}

extension CatalogSet {
    /// The reports as a caller sees them.
    package func seen(by viewer: Viewer) -> CatalogSet {
        isGuarded ? CatalogSet(reports.compactMap { $0.seen(by: viewer) }) : self
    }

    /// The permissions that catalogs ask for.
    package var permissionNames: Set<String> {
        Set(
            reports.flatMap { report in
                [report.permission] + report.rowRules.map(\.unless) + report.columns.map(\.permission)
                    + report.relations.map(\.permission)
            }.compactMap { $0 })
    }

    /// The claims that decide over rows.
    package var claimNames: Set<String> { Set(reports.flatMap { $0.rowRules.map(\.claim) }) }
}
