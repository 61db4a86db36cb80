import CPostgres
import Time

/// The rows of one result, in text form; freed with the value's last owner.
package final class Rows {
    private let result: OpaquePointer
    /// Positions by name: the same for each run of a prepared statement, which then need not be read again.
    let columns: [String: Int32]

    /// Takes ownership of a result.
    /// - Parameter columns: of an earlier run of the same prepared statement.
    init(owning result: OpaquePointer, columns: [String: Int32]? = nil) {
        self.result = result
        self.columns = columns ?? Self.columns(of: result)
    }

    private static func columns(of result: OpaquePointer) -> [String: Int32] {
        var columns: [String: Int32] = [:]
        for index in 0..<PQnfields(result) {
            // The result that announces a COPY has fields without names.
            if let name = PQfname(result, index) { columns[String(cString: name)] = index }
        }
        return columns
    }

    deinit { PQclear(result) }

    package var count: Int { Int(PQntuples(result)) }
    package var columnCount: Int { Int(PQnfields(result)) }

    /// The object ids of the columns' types. Of a domain it is the type that it is made of.
    package var columnTypes: [UInt32] { (0..<PQnfields(result)).map { PQftype(result, $0) } }

    /// Rows that an INSERT, UPDATE, DELETE or COPY touched; 0 for other statements.
    package var affected: Int64 {
        PQcmdTuples(result).flatMap { Int64(String(cString: $0)) } ?? 0
    }

    /// A row; valid while this value lives.
    package subscript(row: Int) -> Row { Row(rows: self, index: Int32(row)) }

    package var first: Row? { count == 0 ? nil : self[0] }

    package struct Row {
        let rows: Rows
        let index: Int32

        /// The text of a column by position, nil for NULL.
        package func string(at column: Int) -> String? {
            rows.text(index, Int32(column))
        }

        /// The text of a column by name, nil for NULL or when there is no such column.
        package func string(_ column: String) -> String? {
            rows.columns[column].flatMap { rows.text(index, $0) }
        }

        package func integer(_ column: String) -> Int64? { string(column).flatMap { Int64($0) } }
        /// A timestamptz, of a session whose DateStyle is ISO; nil for NULL, and outside the years 1 to 9999.
        package func timestamp(_ column: String) -> Timestamp? { string(column).flatMap(Timestamp.init(postgres:)) }

        package func boolean(_ column: String) -> Bool? { string(column).map { $0 == "t" } }

        /// A one-dimensional array of text.
        package func strings(_ column: String) -> [String]? { string(column).map(Rows.arrayElements) }
    }

    package var all: [Row] { (0..<count).map { self[$0] } }

    private func text(_ row: Int32, _ column: Int32) -> String? {
        if PQgetisnull(result, row, column) == 1 { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The elements of `{a,"b c",NULL}`; NULL elements are left out, since no array of ours has any.
    static func arrayElements(_ text: String) -> [String] {
        var elements: [String] = []
        var current: [UInt8] = []
        var quoted = false
        var wasQuoted = false
        var escaped = false
        for byte in text.utf8.dropFirst().dropLast() {
            if escaped {
                current.append(byte)
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                quoted.toggle()
                wasQuoted = true
            } else if byte == UInt8(ascii: ","), !quoted {
                append()
            } else {
                current.append(byte)
            }
        }
        if !current.isEmpty || wasQuoted { append() }
        return elements

        func append() {
            let element = String(decoding: current, as: UTF8.self)
            if wasQuoted || element != "NULL" { elements.append(element) }
            current.removeAll(keepingCapacity: true)
            wasQuoted = false
        }
    }
}
