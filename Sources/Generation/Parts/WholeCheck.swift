import Catalog
import JSON
import Postgres

/// Checks that the parts of an export end to end are its rows in its order.
///
/// Each part is one SELECT, so that within it no row stands twice and the order is the server's. Hence the parts end to
/// end are the whole when (1) they have as many rows as one `count(*)` of it finds on the same snapshot, which knows
/// nothing of ranges, and (2) the sort key of each part's first row comes after that of the last row before it, as the
/// server's own ORDER BY puts them: then no two parts share a row, and the parts are in order.
struct WholeCheck {
    let partition: Partition
    /// In their order.
    let parts: [PartWorker.Result]

    /// - Parameters:
    ///   - count: the rows of the whole.
    ///   - session: in the export's transaction.
    /// - Throws: `ExportFailure` with the code `integrity`, or `PostgresError`.
    func run(count: Int64, on session: SourceSession) throws {
        let written = parts.reduce(0) { $0 + $1.rows }
        guard written == count else {
            throw Self.failure("\(written) rows were written in parts, \(count) are there")
        }
        // Of each part with rows, its first and its last key.
        let keys = parts.flatMap { part in [part.first, part.last].compactMap { $0 } }
        guard !keys.isEmpty else { return }
        let ranks = try session.connection.query(partition.ranks(of: keys), "compare parts").all
            .compactMap { $0.integer("rank") }
        guard ranks.count == keys.count else { throw Self.failure("the parts could not be compared") }
        for place in ranks.indices.dropFirst() {
            let isInside = place % 2 == 1
            guard isInside ? ranks[place - 1] <= ranks[place] : ranks[place - 1] < ranks[place] else {
                throw Self.failure("the rows of part \(place / 2 + 1) of those with rows are out of order")
            }
        }
    }

    /// No other attempt would do better: it is the type's order and its operators that disagree, or a fault of ours.
    static func failure(_ detail: String) -> ExportFailure {
        ExportFailure("integrity", "The parts of the file did not make up the whole", detail: detail)
    }
}

extension SortKey {
    /// A text as it is, bytes that are not text as their numbers, NULL as an empty list.
    var json: JSON {
        guard let bytes else { return [] }
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        return .array(bytes.map { .int(Int($0)) })
    }

    init?(_ json: JSON) {
        if let text = json.string {
            self.init(text)
        } else if let numbers = json.array {
            let bytes = numbers.compactMap { $0.int.flatMap { UInt8(exactly: $0) } }
            self.init(bytes: bytes.isEmpty ? nil : bytes)
        } else {
            return nil
        }
    }
}
