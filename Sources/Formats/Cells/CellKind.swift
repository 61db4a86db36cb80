/// The kind of a column's values, as far as writing a cell depends on it. All other types (json, uuid, interval, array,
/// bytea, money …) are text and keep PostgreSQL's own spelling.
package enum CellKind: UInt8, Sendable, Equatable {
    case text
    /// integer, numeric, real and double precision: digits with a point, perhaps an exponent, `NaN`, `Infinity`.
    case number
    case boolean
    /// timestamptz (with an offset) and timestamp (without one), in DateStyle ISO.
    case timestamp
    /// date, in DateStyle ISO.
    case date
}

/// One column of a file, in the order of the file.
package struct CellColumn: Sendable, Equatable {
    package var key: String
    package var label: String
    package var kind: CellKind
    /// Whether its texts are few and known before the first row (relation labels, enums), so that a workbook holds
    /// each once. Texts that turn out not to be known are written all the same.
    package var sharesStrings: Bool

    /// Whether people may have typed its texts, so that one which looks like a formula is kept from running.
    /// False where the database spells the values itself: an interval of `-00:26:00` is no formula.
    package var mayHoldFormulas: Bool

    /// Whether its texts are JSON, for formats that can hold a JSON value as it is.
    package var holdsJSON: Bool

    package init(
        key: String, label: String, kind: CellKind, sharesStrings: Bool = false, mayHoldFormulas: Bool = true,
        holdsJSON: Bool = false
    ) {
        self.holdsJSON = holdsJSON
        self.mayHoldFormulas = mayHoldFormulas
        self.key = key
        self.label = label
        self.kind = kind
        self.sharesStrings = sharesStrings
    }
}
