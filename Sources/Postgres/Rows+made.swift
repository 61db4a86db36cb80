import CPostgres
import Glibc

extension Rows.Row {
    /// The names and texts of the columns that are not NULL.
    package var values: [(name: String, text: String)] {
        rows.columns.sorted { $0.value < $1.value }.compactMap { name, column in
            string(at: Int(column)).map { (name, $0) }
        }
    }
}

extension Rows {
    /// A row that another process has read: a result of libpq's, made without a server.
    /// - Parameter values: the columns that are not NULL; no text has a zero byte in it, as none of the server's has.
    /// - Returns: nil when there is no memory for it.
    package static func row(of values: [(name: String, text: String)]) -> Row? {
        guard let result = PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK) else { return nil }
        guard fill(result, values) else {
            PQclear(result)
            return nil
        }
        return Rows(owning: result).first
    }

    private static func fill(_ result: OpaquePointer, _ values: [(name: String, text: String)]) -> Bool {
        var columns = values.map { value in
            PGresAttDesc(
                name: strdup(value.name), tableid: 0, columnid: 0, format: 0, typid: 25, typlen: -1, atttypmod: -1)
        }
        defer { for column in columns { free(column.name) } }
        guard PQsetResultAttrs(result, Int32(columns.count), &columns) == 1 else { return false }
        for (index, value) in values.enumerated() {
            var text = Array(value.text.utf8CString)
            guard PQsetvalue(result, 0, Int32(index), &text, Int32(text.count - 1)) == 1 else { return false }
        }
        return true
    }
}
