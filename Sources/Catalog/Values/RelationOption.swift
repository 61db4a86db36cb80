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
    /// Never empty; the values of several are written with a space between them.
    package let columns: [String]
    package let type: ColumnType
    /// The zone a local date-time is in; otherwise unused.
    package let zone: String

    package init(
        relation: String, nested: String? = nil, columns: [String], type: ColumnType = .string, zone: String = "UTC"
    ) {
        self.relation = relation
        self.nested = nested
        self.columns = columns
        self.type = type
        self.zone = zone
    }

    /// As requests and the API write it: `user.full_name`, or `first_name,last_name`.
    package var referenceField: String {
        columns.map { column in nested.map { "\($0).\(column)" } ?? column }.joined(separator: ",")
    }
}
