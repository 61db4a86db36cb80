/// A column that a report offers.
package struct Column: Equatable, Sendable {
    /// The name requests and files know it by.
    package let key: String
    package let label: LocalizedText
    package let type: ColumnType
    /// The database's name for it.
    package let column: String
    /// Whether a request that names no columns gets it.
    package internal(set) var isDefault: Bool
    /// The zone a `localDatetime` is in; otherwise unused.
    package let zone: String
    package internal(set) var relationOptions: [RelationOption]
    /// What a caller needs to see the column; nil where everybody may.
    package let permission: String?

    package init(
        key: String, label: LocalizedText, type: ColumnType, column: String, isDefault: Bool, zone: String = "UTC",
        relationOptions: [RelationOption] = [], permission: String? = nil
    ) {
        self.key = key
        self.label = label
        self.type = type
        self.column = column
        self.isDefault = isDefault
        self.zone = zone
        self.relationOptions = relationOptions
        self.permission = permission
    }
}
