/// The states a row can be in, which a request may choose among.
package struct Statuses: Equatable, Sendable {
    package struct Status: Equatable, Sendable {
        package let value: String
        package let label: LocalizedText

        package init(value: String, label: LocalizedText) {
            self.value = value
            self.label = label
        }
    }

    package let column: String
    /// Never empty; values are distinct.
    package let values: [Status]

    package init(column: String, values: [Status]) {
        self.column = column
        self.values = values
    }
}
