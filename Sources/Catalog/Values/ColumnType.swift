/// The type of a column's values, as its catalog declares it.
package enum ColumnType: String, CaseIterable, Sendable {
    case string, uuid, `enum`, datetime, localDatetime, date, time, boolean, integer, number, json

    /// The name an API client sees: a local date-time leaves the server as an instant, so it is a `datetime` like any
    /// other.
    package var apiName: String {
        self == .localDatetime ? "datetime" : rawValue
    }

    /// The type of keys that find rows by such a column; nil for types of which there are no lists of keys.
    package var keyType: KeyType? {
        switch self {
        case .string: .text
        case .uuid: .uuid
        case .integer: .integer
        case .enum, .datetime, .localDatetime, .date, .time, .boolean, .number, .json: nil
        }
    }

    /// How the encoder treats the column's COPY text.
    package var outputKind: OutputKind {
        switch self {
        case .string, .uuid, .enum, .time, .json: .text
        case .datetime, .localDatetime: .timestamp
        case .date: .date
        case .boolean: .boolean
        case .integer, .number: .number
        }
    }
}

/// How a cell's COPY text is to be read by an encoder. The cases are the encoder's own cell kinds, which this module
/// does not import.
package enum OutputKind: String, CaseIterable, Sendable {
    case text, number, boolean, timestamp, date
}
