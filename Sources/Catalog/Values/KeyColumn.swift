/// A column that rows are found by, with the type of its values: a report's tenant column and its unique key.
package struct KeyColumn: Equatable, Sendable {
    package let column: String
    package let type: KeyType

    package init(column: String, type: KeyType) {
        self.column = column
        self.type = type
    }
}
