import Catalog
import Formats
import Glibc
import JSON
import Jobs
import Posix
import Postgres

/// One part of an export, in a process of its own: COPY on the shared snapshot into a file without a name.
struct PartWorker {
    let source: TableSource
    let format: any PartFormat
    let snapshot: String
    /// From 0.
    let index: Int
    let range: KeyRange
    /// Which of the export's rows they are; empty where the format does not need to know.
    let rows: Range<Int>
    /// Whether it also writes the bytes that stand before the first row.
    let isFirst: Bool

    /// The answer of a worker that has made its part. A failure, or an empty answer, means that it has not.
    struct Result: Equatable {
        let rows: Int64
        let tally: FileTally
        /// The sort keys of its first and its last row; nil when it has no rows.
        var first: SortKey?
        var last: SortKey?
        /// The part as a file that can be downloaded while the rest runs; nil when it has none.
        var file: JobPart.File?
    }

    /// - Parameters:
    ///   - output: the part's file, empty, at its beginning.
    ///   - rowsOutput: where its rows are kept besides, if they are.
    ///   - progress: rows so far, called several times a second.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    func run(output: Int32, rowsOutput: Int32?, progress: @escaping (Int64) -> Void) throws -> Result {
        try run(
            on: source.joining(snapshot, purpose: "penstock part"), output: output, rowsOutput: rowsOutput,
            progress: progress)
    }

    /// - Parameter session: in a transaction that sees the snapshot.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    func run(
        on session: SourceSession, output: Int32, rowsOutput: Int32?, progress: @escaping (Int64) -> Void
    ) throws -> Result {
        var file = format.part(rows: rows, isFirst: isFirst) { try writeAll($0, to: output) }
        if let rowsOutput { file = KeptFile(file, RowKeeper { try writeAll($0, to: rowsOutput) }) }
        file = RepairedFile.around(file, session)
        try file.begin()
        let edges = PartEdges(source.compiled)
        let sent = try source.copy(
            PartEdges.rows(source.compiled, in: range), on: session.connection, into: file, edges: edges, name: name,
            look: progress)
        progress(sent)
        return Result(rows: sent, tally: file.tally, first: edges.keys?.first, last: edges.keys?.last)
    }
}

extension PartWorker {
    /// A row's name in an error, by its number from 1 in the part.
    private func name(_ row: Int) -> String {
        rows.isEmpty ? "Row \(row) of part \(index + 1)" : "Row \(rows.lowerBound + row)"
    }
}

extension PartWorker.Result {
    var message: [UInt8] {
        let value: JSON = [
            "rows": .int(rows), "formulasNeutralised": .int(tally.formulasNeutralised),
            "textsCut": .int(tally.textsCut), "bytesRepaired": .int(tally.bytesRepaired), "file": file?.json ?? nil,
            "first": first?.json ?? nil, "last": last?.json ?? nil,
        ]
        return value.serialized
    }

    init?(_ message: [UInt8]) {
        guard let object = try? JSON.parse(message, limits: .stored).object, let rows = object["rows"]?.int,
            let formulas = object["formulasNeutralised"]?.int, let cut = object["textsCut"]?.int,
            let repaired = object["bytesRepaired"]?.int
        else { return nil }
        self.init(
            rows: Int64(rows),
            tally: FileTally(formulasNeutralised: formulas, textsCut: cut, bytesRepaired: repaired),
            first: object["first"].flatMap { SortKey($0) }, last: object["last"].flatMap { SortKey($0) },
            file: object["file"].flatMap { JobPart.File($0) })
    }
}
