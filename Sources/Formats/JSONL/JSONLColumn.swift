/// A column of an NDJSON file.
struct JSONLColumn {
    /// Bytes of `{"key":`, or `,"key":` from the second column on.
    let nameBytes: Int
    let shape: Shape

    /// Which JSON value a field becomes.
    enum Shape: UInt8 {
        case string, number, boolean, timestamp
        /// The value that the field's text is the JSON of.
        case document
    }

    init(_ column: CellColumn, nameBytes: Int) {
        self.nameBytes = nameBytes
        shape =
            switch column.kind {
            case .text: column.holdsJSON ? .document : .string
            case .date: .string
            case .number: .number
            case .boolean: .boolean
            case .timestamp: .timestamp
            }
    }

    /// The bytes before a column's value.
    static func name(_ key: String, isFirst: Bool) -> [UInt8] {
        [UInt8(ascii: isFirst ? "{" : ",")] + JSONText.quoted(key) + [UInt8(ascii: ":")]
    }
}
