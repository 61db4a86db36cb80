/// A rule of a catalog's `rows`: a caller gets the rows whose column holds one of the values of a claim.
package struct RowRule: Equatable, Sendable {
    package let column: KeyColumn
    package let claim: String
    /// A permission with which the rule does not hold.
    package let unless: String?

    package init(column: KeyColumn, claim: String, unless: String? = nil) {
        self.column = column
        self.claim = claim
        self.unless = unless
    }

    /// The rows that are left to a caller.
    enum Reach: Equatable {
        case all
        case only(RowCondition)
        /// The claim is missing, or has a value that the column cannot have.
        case none
    }

    func reach(of viewer: Viewer) -> Reach {
        if viewer.isUnrestricted || unless.map(viewer.permissions.contains) ?? false { return .all }
        guard let values = viewer.claims[claim], values.allSatisfy(column.type.accepts) else { return .none }
        return .only(RowCondition(column: column, values: Set(values).sorted()))
    }
}

/// Rows whose column holds one of some values.
package struct RowCondition: Equatable, Sendable {
    package let column: KeyColumn
    /// Never empty; in order, each once.
    package let values: [String]
}
