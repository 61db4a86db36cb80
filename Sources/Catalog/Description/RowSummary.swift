import JSON
import Postgres

/// The number of rows of an export, and the sums of its numbers, from the same snapshot as the rows.
package struct RowSummary: Equatable, Sendable {
    package struct Column: Equatable, Sendable {
        package let key: String
        /// Values that are not NULL.
        package let count: Int64
        /// Exact, as PostgreSQL prints it; nil when there is no value.
        package let sum: String?

        package init(key: String, count: Int64, sum: String?) {
            self.key = key
            self.count = count
            self.sum = sum
        }
    }

    package let rows: Int64
    /// The numeric columns, in the file's order.
    package let columns: [Column]

    package init(rows: Int64, columns: [Column]) {
        self.rows = rows
        self.columns = columns
    }

    /// The answer to a compiled export's `summary`.
    /// - Returns: nil when the answer has another shape.
    package init?(_ answer: Rows, of columns: [OutputColumn]) {
        guard let row = answer.first, let rows = row.string(at: 0).flatMap({ Int64($0) }) else { return nil }
        let numeric = columns.filter { $0.kind == .number }
        self.init(
            rows: rows,
            columns: numeric.enumerated().map { index, column in
                Column(
                    key: column.key, count: row.string(at: 2 * index + 1).flatMap { Int64($0) } ?? 0,
                    sum: row.string(at: 2 * index + 2))
            })
    }

    package var json: JSON {
        let described = columns.map { column -> JSON in
            ["key": .string(column.key), "count": .int(column.count), "sum": .string(orNull: column.sum)]
        }
        return ["rows": .int(rows), "columns": .array(described)]
    }

    package init?(_ json: JSON) {
        guard let rows = json["rows"]?.int, let columns = json["columns"]?.array else { return nil }
        self.init(
            rows: Int64(rows),
            columns: columns.compactMap { column in
                guard let key = column["key"]?.string, let count = column["count"]?.int else { return nil }
                return Column(key: key, count: Int64(count), sum: column["sum"]?.string)
            })
        guard self.columns.count == columns.count else { return nil }
    }
}
