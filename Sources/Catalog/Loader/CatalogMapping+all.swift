import Formats

extension CatalogMapping {
    /// All of them, in the order of the reference.
    package static let all = [
        report, tenant, uniqueKey, dateField, statuses, status, scope, valueSource, relation, nestedRelation, column,
        relationOption, sort, rowRule,
    ]

    static let report = CatalogMapping(
        "", "A file: one report.",
        [
            CatalogKey("module", .name, .required, "The group that the report belongs to; the path of its catalog."),
            CatalogKey("key", .name, .required, "The report's name in requests and file names, unique in its module."),
            CatalogKey("category", .name, .required, "A word for user interfaces to group by."),
            CatalogKey("label", .localizedText, .required, "What people call the report."),
            CatalogKey("description", .localizedText, .optional("empty"), "One or two sentences about it."),
            CatalogKey(
                "table", .table, .required, "A table, partitioned table, view, materialized view or foreign table."),
            CatalogKey("tenant", .nested("`tenant`"), .required, "Whose row it is."),
            CatalogKey("uniqueKey", .nested("`uniqueKey`"), .required, "The columns that tell rows apart."),
            CatalogKey("dateField", .nested("`dateField`"), .optional("none"), "The column that a date range narrows."),
            CatalogKey("statuses", .nested("`statuses`"), .optional("none"), "The states that rows can be in."),
            CatalogKey(
                "scopes", .nested("a list of `scopes`"), .optional("none"),
                "Columns that a request may narrow to some values."),
            CatalogKey(
                "relations", .nested("names with a mapping each, `relations`"), .optional("none"),
                "The tables against which columns may be resolved."),
            CatalogKey("columns", .nested("a list of `columns`"), .required, "The columns that can be exported."),
            CatalogKey(
                "formats", .nested("a list of \(codes(ExportFormat.allCases.map(\.rawValue)))"), .optional("all"),
                "The kinds of file."),
            CatalogKey(
                "sort", .nested("a list of `sort`"), .optional("by `uniqueKey`"),
                "The order of a request that asks for none."),
            CatalogKey(
                "filterKey", .name, .optional("none"),
                "The key of the column against which an uploaded list of keys is matched."),
            CatalogKey("keepRows", .duration, .optional("`none`"), "How long a finished report's rows are kept."),
            CatalogKey(
                "watermark", .column, .optional("none"), "A column that grows whenever a row comes or changes."),
            CatalogKey("permission", .permission, .optional("none"), "What a caller needs to see the report."),
            CatalogKey("rows", .nested("a list of `rows`"), .optional("all rows"), "Which rows which caller gets."),
        ])

    static let tenant = CatalogMapping(
        "tenant", "Whose row it is: by a column, by the row that a column leads to, or one tenant's all.",
        [
            CatalogKey(
                "column", .column, .depends("without `constant`"),
                "The column with the tenant; with `table` the column that leads to the row that has it."),
            CatalogKey("type", .choice(KeyType.words), .optional("`text`"), "What the tenant column holds."),
            CatalogKey("constant", .text, .depends("instead of the others"), "The tenant that all rows belong to."),
            CatalogKey("table", .table, .depends("with `key` and `tenantColumn`"), "The table that `column` leads to."),
            CatalogKey("key", .column, .depends("with `table`"), "Its unique column, with which `column` is compared."),
            CatalogKey("tenantColumn", .column, .depends("with `table`"), "Its column with the tenant."),
        ])

    static let uniqueKey = CatalogMapping(
        "uniqueKey", "What tells the rows of a tenant apart: one column, or several together.",
        [
            CatalogKey("column", .column, .depends("without `columns`"), "A column that is NOT NULL and unique."),
            CatalogKey(
                "columns", .nested("a list of columns"), .depends("without `column`"),
                "Columns that are NOT NULL and unique together."),
            CatalogKey(
                "type", .choice(KeyType.words), .depends("with `column`; `text` when left out"), "What `column` holds."),
        ])

    static let dateField = CatalogMapping(
        "dateField", "The column that a request's `dateRange` narrows.",
        [
            CatalogKey("column", .column, .required, "The column."),
            CatalogKey(
                "type", .choice(dateTypes), .required,
                "An instant, a local time in `zone`, or a day."),
            CatalogKey(
                "zone", .zone, .depends("only with type `localDatetime`; `UTC` when left out"),
                "The zone of the local times."),
            CatalogKey("label", .localizedText, .required, "What people call the date."),
        ])

    static let statuses = CatalogMapping(
        "statuses", "The states that rows can be in.",
        [
            CatalogKey("column", .column, .required, "An enum, a text or an integer column."),
            CatalogKey("values", .nested("a list of texts or `statuses.values`"), .required, "The states, in order."),
        ])

    static let status = CatalogMapping(
        "statuses.values", "A state with a label; a plain text is its own label.",
        [
            CatalogKey("value", .text, .required, "As the database has it."),
            CatalogKey("label", .localizedText, .optional("the same as `value`"), "What people call it."),
        ])

    static let scope = CatalogMapping(
        "scopes", "A column that a request may narrow to some values.",
        [
            CatalogKey("type", .name, .required, "The scope's name in requests."),
            CatalogKey("label", .localizedText, .required, "What people call it."),
            CatalogKey("column", .column, .required, "The column."),
            CatalogKey("valueType", .choice(KeyType.words), .optional("`text`"), "What the column holds."),
            CatalogKey("multi", .flag, .optional("`true`"), "Whether a request may name several values."),
            CatalogKey(
                "valueSource", .nested("`scopes.valueSource`"), .optional("none"),
                "Where a user interface finds the values."),
        ])

    static let valueSource = CatalogMapping(
        "scopes.valueSource", "An endpoint of the application that lists the values of a scope.",
        [
            CatalogKey("endpoint", .text, .required, "Its path."),
            CatalogKey("itemsField", .text, .required, "The top-level member of its answer that holds the array."),
            CatalogKey("valueField", .text, .required, "The member of an item with the value; dotted for nested ones."),
            CatalogKey("labelField", .text, .required, "The member of an item with the name."),
            CatalogKey("searchParam", .text, .optional("none"), "The query parameter that searches."),
            CatalogKey("pageParam", .text, .optional("none"), "The query parameter of the page, from 1."),
        ])

    static let relation = CatalogMapping(
        "relations", "A table whose columns may stand in place of a key; its name is what requests say.",
        [
            CatalogKey("table", .table, .required, "A table or view."),
            CatalogKey("key", .column, .required, "Its unique column, with which the report's column is compared."),
            CatalogKey(
                "tenantColumn", .column, .optional("none: all tenants share it"), "Its column with the tenant."),
            CatalogKey(
                "nested", .nested("names with a mapping each, `relations.nested`"), .optional("none"),
                "Tables one step further."),
            CatalogKey("permission", .permission, .optional("none"), "What a caller needs to see values of it."),
        ])

    static let nestedRelation = CatalogMapping(
        "relations.nested", "A table one step further than a relation's.",
        [
            CatalogKey("table", .table, .required, "A table or view."),
            CatalogKey("column", .column, .required, "The column of the relation's table that leads there."),
            CatalogKey("key", .column, .required, "Its unique column."),
            CatalogKey(
                "tenantColumn", .column, .optional("none: all tenants share it"), "Its column with the tenant."),
        ])

    static let column = CatalogMapping(
        "columns", "A column that can be exported.",
        [
            CatalogKey("key", .name, .required, "The column's name in requests, previews and NDJSON."),
            CatalogKey("label", .localizedText, .required, "The header in files."),
            CatalogKey("type", .choice(ColumnType.allCases.map(\.rawValue)), .required, "What it holds."),
            CatalogKey("column", .column, .optional("the same as `key`"), "The database's name for it."),
            CatalogKey(
                "default", .flag, .optional("`false`"),
                "Whether a request that names no columns gets it; one column must be a default."),
            CatalogKey(
                "zone", .zone, .depends("only with type `localDatetime`; `UTC` when left out"),
                "The zone of its local times."),
            CatalogKey(
                "relationOptions", .nested("a list of `columns.relationOptions`"), .optional("none"),
                "How it may be shown instead of as it is."),
            CatalogKey("permission", .permission, .optional("none"), "What a caller needs to see it."),
        ])

    static let relationOption = CatalogMapping(
        "columns.relationOptions", "A way in which a column may be shown.",
        [
            CatalogKey(
                "output", .choice(["id", "reference_value"]), .required,
                "The column's own value, or a column of the related row."),
            CatalogKey("label", .localizedText, .required, "What user interfaces offer it as."),
            CatalogKey("table", .name, .depends("for `reference_value`"), "A name under `relations`."),
            CatalogKey(
                "referenceField", .nested("a column, `nested.column`, or a list of them"),
                .depends("for `reference_value`"), "What is shown of the related row."),
            CatalogKey(
                "type", .choice(ColumnType.allCases.map(\.rawValue)),
                .depends("for `reference_value`; `string` when left out"), "What the related column holds."),
            CatalogKey(
                "zone", .zone, .depends("only with type `localDatetime`; `UTC` when left out"),
                "The zone of its local times."),
        ])

    static let sort = CatalogMapping(
        "sort", "A term of the order.",
        [
            CatalogKey(
                "column", .text, .required, "The key of a column; or the date field's or the unique key's column."),
            CatalogKey(
                "direction", .choice(["asc", "desc"]), .optional("`asc`"), "Which way."),
        ])

    static let rowRule = CatalogMapping(
        "rows", "A caller gets the rows whose column holds a value of his claim.",
        [
            CatalogKey("column", .column, .required, "The column."),
            CatalogKey("type", .choice(KeyType.words), .optional("`text`"), "What it holds."),
            CatalogKey("claim", .text, .required, "The claim's name; `sub` is the caller's name."),
            CatalogKey("unless", .permission, .optional("none"), "A permission with which the rule does not hold."),
        ])

    /// The types of a date field.
    static let dateTypes = ["datetime", "localDatetime", "date"]

    private static func codes(_ words: [String]) -> String { words.map { "`\($0)`" }.joined(separator: ", ") }
}

extension KeyType {
    fileprivate static var words: [String] { allCases.map(\.rawValue) }
}
