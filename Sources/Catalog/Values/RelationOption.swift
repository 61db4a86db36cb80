/// One way a column that points at another table may be shown.
package struct RelationOption: Equatable, Sendable {
    package enum Output: Equatable, Sendable {
        /// The column's own value.
        case id
        /// A column of the related row.
        case referenceValue(ReferencePath)

        package var name: String {
            switch self {
            case .id: "id"
            case .referenceValue: "reference_value"
            }
        }
    }

    package let output: Output
    package let label: LocalizedText

    package init(output: Output, label: LocalizedText) {
        self.output = output
        self.label = label
    }
}

/// The way from a column to the value shown for it: `drivers` and `user.full_name`.
package struct ReferencePath: Equatable, Sendable {
    /// A name under `relations`.
    package let relation: String
    /// A name under that relation's `nested`, when the value is one table further.
    package let nested: String?
    package let column: String
    package let type: ColumnType
    /// The zone a local date-time is in; otherwise unused.
    package let zone: String

    package init(
        relation: String, nested: String? = nil, column: String, type: ColumnType = .string, zone: String = "UTC"
    ) {
        self.relation = relation
        self.nested = nested
        self.column = column
        self.type = type
        self.zone = zone
    }

    /// As requests and the API write it.
    package var referenceField: String {
        nested.map { "\($0).\(column)" } ?? column
    }
}
