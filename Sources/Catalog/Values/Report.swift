import Formats

/// A catalog: one report that can be exported, over one table or view of the application's.
///
/// Made by `CatalogLoader`, which keeps the invariants: keys are distinct, every relation option leads to a declared
/// relation, every sort term and the filter key name a declared column. Whether the database agrees is
/// `CatalogChecker`'s to say.
package struct Report: Equatable, Sendable {
    package let module: String
    package let key: String
    package let category: String
    package let label: LocalizedText
    package let description: LocalizedText
    package let table: TableName
    package let tenant: Tenancy
    package let uniqueKey: UniqueKey
    package internal(set) var dateField: DateField?
    package internal(set) var statuses: Statuses?
    package internal(set) var scopes: [Scope]
    package internal(set) var relations: [RelationTarget]
    /// Never empty; at least one is a default.
    package internal(set) var columns: [Column]
    /// Never empty.
    package let formats: [ExportFormat]
    /// The order of a request without `sort`, before the unique key.
    package internal(set) var sort: [SortTerm]
    /// The key of the column that a filter file is matched against.
    package internal(set) var filterKey: String?
    /// How long a finished report's rows are kept for re-exports; nil: not at all.
    package let keepRowsSeconds: Int?
    /// The column whose greatest value tells whether rows have come or changed; nil when no column tells.
    package let watermark: String?
    /// What a caller needs to see the report at all; nil where everybody may.
    package let permission: String?
    /// Which rows which caller gets.
    package let rowRules: [RowRule]
    /// What the rules come to for the caller whose view of the report this is; nil before there is a caller, and then a
    /// report with rules has no rows.
    package internal(set) var rows: [RowCondition]?
    /// The database columns that the caller may not see.
    package internal(set) var hiddenColumns: Set<String> = []
    package let source: SourceMap

    package init(
        module: String, key: String, category: String, label: LocalizedText, description: LocalizedText,
        table: TableName, tenant: Tenancy, uniqueKey: UniqueKey, dateField: DateField?, statuses: Statuses? = nil,
        scopes: [Scope] = [], relations: [RelationTarget] = [], columns: [Column],
        formats: [ExportFormat] = ExportFormat.allCases, sort: [SortTerm] = [], filterKey: String? = nil,
        keepRowsSeconds: Int? = nil, watermark: String? = nil, permission: String? = nil, rowRules: [RowRule] = [],
        source: SourceMap = SourceMap()
    ) {
        self.module = module
        self.key = key
        self.category = category
        self.label = label
        self.description = description
        self.table = table
        self.tenant = tenant
        self.uniqueKey = uniqueKey
        self.dateField = dateField
        self.statuses = statuses
        self.scopes = scopes
        self.relations = relations
        self.columns = columns
        self.formats = formats
        self.sort = sort
        self.filterKey = filterKey
        self.keepRowsSeconds = keepRowsSeconds
        self.watermark = watermark
        self.permission = permission
        self.rowRules = rowRules
        self.source = source
    }

    package func column(_ key: String) -> Column? {
        columns.first { $0.key == key }
    }

    package func relation(_ name: String) -> RelationTarget? {
        relations.first { $0.name == name }
    }

    package func scope(_ type: String) -> Scope? {
        scopes.first { $0.type == type }
    }

    /// The database column that a filter file is matched against, and the type of its keys; nil when the report has no
    /// such column.
    package var filterColumn: (column: String, type: KeyType)? {
        guard let column = filterKey.flatMap({ column($0) }), let type = column.type.keyType else { return nil }
        return (column.column, type)
    }

    /// The database column that a sort term or the filter key means: that of the report's column of that key, else
    /// the date field or the unique key by their column names, which need not be offered as columns to be sorted by.
    package func sortColumn(_ field: String) -> String? {
        if let column = column(field) { return column.column }
        guard !hiddenColumns.contains(field) else { return nil }
        return dateField?.column == field || uniqueKey.columns.contains(field) ? field : nil
    }
}
