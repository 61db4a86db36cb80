/// One step of an order: the key of a column of the report, and which way.
package struct SortTerm: Equatable, Sendable {
    package enum Direction: String, CaseIterable, Sendable {
        case asc, desc
    }

    package let field: String
    package let direction: Direction

    package init(field: String, direction: Direction) {
        self.field = field
        self.direction = direction
    }
}
