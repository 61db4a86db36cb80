import Catalog
import Formats
import Postgres
import SQLText

/// The labels of related rows, read once so that the server need not join them to every row.
///
/// Measured: three joins are half of the time that PostgreSQL needs for 1,000,000 rows of 11 columns; putting the
/// labels in here costs an eighth of that, in a process that waits for the server anyway. The rows are the same either
/// way.
struct Labels {
    /// The export with keys where the labels go.
    let compiled: CompiledExport
    private let tables: [(column: Int, table: LabelTable)]

    /// Below this the joins cost less than the questions.
    private static let fewestRows = 20_000
    /// A table is worth reading when each of its labels is used several times.
    private static let rowsPerLabel = 4
    private static let mostLabels = 16_384
    private static let mostBytes = 1 << 20

    /// Reads, on the export's snapshot, the related rows of which there are not too many and whose keys can be compared
    /// as they are written; the others are left to joins.
    /// - Parameter tick: called while the server works.
    /// - Returns: nil when all of them are.
    static func load(
        _ compiled: CompiledExport, estimatedRows: Int, on connection: Connection, tick: () -> Void
    ) throws -> Labels? {
        guard estimatedRows >= fewestRows, !compiled.lookups.isEmpty else { return nil }
        var tables: [(column: Int, table: LabelTable)] = []
        var bytesLeft = mostBytes
        for lookup in compiled.lookups {
            guard lookup.isExact else { continue }
            let limit = min(mostLabels, estimatedRows / rowsPerLabel)
            guard let rows = try rows(of: lookup, limit: limit, bytes: bytesLeft, connection, tick),
                let table = LabelTable(rows)
            else { continue }
            bytesLeft -= size(rows)
            tables.append((lookup.column, table))
        }
        guard !tables.isEmpty else { return nil }
        let found = Set(tables.map(\.column))
        return Labels(
            compiled: compiled.withKeys(of: compiled.lookups.filter { found.contains($0.column) }), tables: tables)
    }

    func labeller() -> RowLabeller {
        RowLabeller(columnCount: compiled.columns.count, tables)
    }

    /// - Returns: nil when there are more than the limits allow, or the server cannot give them: rows that no row of
    ///   the report points to are no reason to fail.
    private static func rows(
        of lookup: LabelLookup, limit: Int, bytes: Int, _ connection: Connection, _ tick: () -> Void
    ) throws -> [(key: [UInt8], label: [UInt8])]? {
        let copy = try connection.literalText("COPY (\n\(lookup.labels(limit: limit))\n) TO STDOUT")
        var fields = CopyRowFields(columnCount: 2)
        var rows: [(key: [UInt8], label: [UInt8])] = []
        var size = 0
        try connection.execute("SAVEPOINT labels")
        do {
            _ = try connection.copyOut(copy, tickEvery: 250, tick: tick) { line in
                guard rows.count <= limit, size <= bytes else { return }
                try fields.split(line)
                rows.append((Array(fields.bytes(0)), Array(fields.bytes(1))))
                size += line.count
            }
        } catch let error as PostgresError {
            guard error.sqlState != nil, connection.isUsable else { throw error }
            try connection.execute("ROLLBACK TO SAVEPOINT labels")
            return nil
        }
        return rows.count <= limit && size <= bytes ? rows : nil
    }

    private static func size(_ rows: [(key: [UInt8], label: [UInt8])]) -> Int {
        rows.reduce(0) { $0 + $1.key.count + $1.label.count }
    }
}
