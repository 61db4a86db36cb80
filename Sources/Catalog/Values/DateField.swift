/// The column that a request's date range narrows.
package struct DateField: Equatable, Sendable {
    /// How days are found in the column.
    package enum Kind: Equatable, Sendable {
        /// `timestamp with time zone`: a day begins and ends in the request's zone.
        case datetime
        /// `timestamp without time zone` that means local time in this IANA zone.
        case localDatetime(zone: String)
        /// `date`: compared as it is, in every zone.
        case date
    }

    package let column: String
    package let kind: Kind
    package let label: LocalizedText

    package init(column: String, kind: Kind, label: LocalizedText) {
        self.column = column
        self.kind = kind
        self.label = label
    }
}
