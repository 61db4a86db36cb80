import Coding
import SQLText

/// A stretch of a partition: from `first`, the value of its first rows, to before `end`, the value of the next range's
/// first. A range without `first` begins with the first row of all, one without `end` reaches to the last.
package struct KeyRange: Equatable, Sendable {
    /// In PostgreSQL's text form.
    package let first: String?
    package let end: String?

    package init(first: String?, end: String?) {
        self.first = first
        self.end = end
    }
}

/// How an export's rows can be cut into ranges whose concatenation is the whole, in its order.
///
/// The cut is made along the first term of the order. Rows of equal value, and rows without one, are never torn apart,
/// so the order within a range needs nothing of its neighbours.
package struct Partition: Equatable, Sendable {
    /// The first term's column.
    let column: SQL
    let isDescending: Bool
    /// The report's table alone, and the rows' condition on it.
    let table: SQL
    let condition: SQL
    let comparison: ColumnComparison

    /// Whether values of the column can be written in a condition at all.
    package var canBeCut: Bool { comparison.isUsable }

    /// PostgreSQL's default: NULLs come last when ascending and first when descending.
    package func condition(_ range: KeyRange) -> SQL {
        var terms: [SQL] = []
        if let first = range.first {
            terms.append(comparison.compare(column, isDescending ? .lessOrEqual : .greaterOrEqual, "\(bind: first)"))
        }
        if let end = range.end {
            terms.append(comparison.compare(column, isDescending ? .greater : .less, "\(bind: end)"))
        }
        guard !terms.isEmpty else { return "true" }
        let inside = terms.joined(separator: " and ")
        let holdsNulls = isDescending ? range.first == nil : range.end == nil
        return holdsNulls ? "(\(inside) or \(column) is null)" : "(\(inside))"
    }

    /// The planner's estimate of the rows, without reading them.
    package var estimate: SQL { "explain (format json) select from \(table) t where \(condition)" }

    /// The values at which `count` ranges of about equal size begin, but for the first; from a sample that is the same
    /// whenever the table's pages are. One row with one array; a NULL bound, where the sample is empty, is no bound.
    package func bounds(count: Int, samplePercent: Double) -> SQL {
        let fractions = (1..<count).map { step in
            String(Double(isDescending ? count - step : step) / Double(count))
        }
        return """
            select percentile_disc(\(bind: fractions)::double precision[]) within group (order by \(column))::text[] as bounds
            from \(table) t tablesample system (\(bind: String(samplePercent))::real) repeatable (0)
            where \(condition)
            """
    }
}

/// A value of the column by which the rows are sorted, as the server wrote it.
package struct SortKey: Equatable, Sendable {
    /// In the encoding of the session; nil for NULL.
    package let bytes: [UInt8]?

    package init(bytes: [UInt8]?) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// A database without an encoding (SQL_ASCII) may hold bytes that are no text; these are passed on as bytes.
    fileprivate var sql: SQL {
        guard let bytes else { return "null" }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return "convert_from(decode(\(bind: bytes.hexadecimal), 'hex'), 'SQL_ASCII')"
        }
        return "\(bind: text)"
    }
}

extension Partition {
    /// Where the server's own ORDER BY puts these values among each other: a row for each, in the order given, with its
    /// `rank` from 1; equal values have equal ranks.
    package func ranks(of keys: [SortKey]) -> SQL {
        let values = keys.enumerated().map { place, key -> SQL in
            "(\(SQL(unsafeText: String(place))), \(comparison.typed(key.sql)))"
        }
        return """
            select dense_rank() over (order by k.key\(comparison.collate)\(isDescending ? " desc" : "")) as rank
            from (values \(values.joined(separator: ", "))) as k (place, key)
            order by k.place
            """
    }
}
