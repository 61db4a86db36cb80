// The values that are guessed: `CatalogDraft` holds them, and writes them as YAML.
extension Guess {
    struct DateField: Equatable, Sendable {
        var column: String
        var type: ColumnType
        var label: String
    }

    struct Statuses: Equatable, Sendable {
        var column: String
        var values: [String]
    }

    struct Relation: Equatable, Sendable {
        var name: String
        var table: TableName
        var key: String
        var tenantColumn: String?
        var nested: Nested?
        /// As a `referenceField` says it: `name`, or `user.full_name`; several are shown together.
        var fields: [String]
    }

    struct Nested: Equatable, Sendable {
        var name: String
        var table: TableName
        var column: String
        var key: String
        var tenantColumn: String?
    }

    struct Scope: Equatable, Sendable {
        var type: String
        var label: String
        var column: String
        var valueType: KeyType
    }

    struct Column: Equatable, Sendable {
        var key: String
        var column: String
        var label: String
        var type: ColumnType
        var isDefault: Bool
        /// A name in `relations`.
        var relation: String?
        /// The database's comment, when it is too long for a label.
        var remark: String?
    }
}
