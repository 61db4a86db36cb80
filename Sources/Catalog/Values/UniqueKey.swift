/// The columns that tell the rows of a tenant apart: none is NULL, and together they are unique. They break the ties of
/// every order.
package struct UniqueKey: Equatable, Sendable {
    /// Never empty; distinct.
    package let columns: [String]
    /// Of the one column; nil where several are named, which may be of any types that have an order.
    package let type: KeyType?

    package init(column: String, type: KeyType) {
        columns = [column]
        self.type = type
    }

    package init(columns: [String]) {
        self.columns = columns
        type = nil
    }

    /// Where a catalog names one of the columns, for `SourceMap`.
    func path(of index: Int) -> String { type == nil ? "uniqueKey.columns.\(index)" : "uniqueKey.column" }
}
