/// A column that a request may narrow to some values: "these drivers", "this zone".
package struct Scope: Equatable, Sendable {
    /// The name a request gives it by.
    package let type: String
    package let label: LocalizedText
    package let column: String
    package let valueType: KeyType
    /// Whether a request may name more than one value.
    package let multi: Bool
    package let valueSource: ValueSource?

    package init(
        type: String, label: LocalizedText, column: String, valueType: KeyType, multi: Bool, valueSource: ValueSource?
    ) {
        self.type = type
        self.label = label
        self.column = column
        self.valueType = valueType
        self.multi = multi
        self.valueSource = valueSource
    }
}

/// Where a user interface finds the values to choose from: an endpoint of the application's own, which Penstock never
/// calls.
package struct ValueSource: Equatable, Sendable {
    package let endpoint: String
    /// The top-level key of the endpoint's answer that holds the array of items.
    package let itemsField: String
    package let valueField: String
    package let labelField: String
    /// The query parameter that searches, where the endpoint has one.
    package let searchParam: String?
    /// The query parameter that asks for a further page of items, numbered from 1, where the endpoint has one.
    package let pageParam: String?

    package init(
        endpoint: String, itemsField: String, valueField: String, labelField: String, searchParam: String?,
        pageParam: String?
    ) {
        self.endpoint = endpoint
        self.itemsField = itemsField
        self.valueField = valueField
        self.labelField = labelField
        self.searchParam = searchParam
        self.pageParam = pageParam
    }
}
