import Catalog
import Glibc
import JSON
import Jobs
import Posix
import Postgres

/// One part of an export, in a process of its own: COPY on the shared snapshot into a file without a name.
struct PartWorker {
    let export: CopyExport
    let format: any PartFormat
    let snapshot: String
    /// From 0.
    let index: Int
    let range: KeyRange
    /// Which of the export's rows they are; empty where the format does not need to know.
    let rows: Range<Int>
    /// Whether it brings what stands before the first row.
    let isFirst: Bool

    /// What the worker says when it is done. Anything else on the pipe means that it died.
    struct Result: Equatable {
        let rows: Int64
        let tally: FileTally
        /// What can be downloaded of it while the rest runs.
        var file: JobPart.File?
    }

    /// - Parameters:
    ///   - output: the part's file, empty, at its beginning.
    ///   - rowsOutput: where its rows are kept besides, if they are.
    ///   - progress: rows so far, called several times a second.
    func run(output: Int32, rowsOutput: Int32?, progress: @escaping (Int64) -> Void) throws -> Result {
        let session = try SourceSession(export.sourceURL, purpose: "penstock part")
        try export.beginning(session) {
            try session.begin(
                tenant: export.tenant, zone: export.request.timezone, seconds: export.seconds, sharing: snapshot,
                access: $0)
        }
        var file = try format.part(rows: rows, isFirst: isFirst) { try writeAll($0, to: output) }
        if let rowsOutput { file = KeptFile(file, try RowKeeper { try writeAll($0, to: rowsOutput) }) }
        try file.begin()
        let sent = try export.copy(
            export.compiled.rows(in: range), on: session.connection, into: file, look: progress)
        progress(sent)
        return Result(rows: sent, tally: file.tally)
    }
}

extension PartWorker.Result {
    var message: [UInt8] {
        let value: JSON = [
            "rows": .int(rows), "formulasNeutralised": .int(tally.formulasNeutralised),
            "textsCut": .int(tally.textsCut), "integersAsText": .int(tally.integersAsText),
            "bytesRepaired": .int(tally.bytesRepaired), "file": file?.json ?? nil,
        ]
        return value.serialized
    }

    init?(_ message: [UInt8]) {
        guard let object = try? JSON.parse(message).object, let rows = object["rows"]?.int,
            let formulas = object["formulasNeutralised"]?.int, let cut = object["textsCut"]?.int,
            let integers = object["integersAsText"]?.int, let repaired = object["bytesRepaired"]?.int
        else { return nil }
        self.init(
            rows: Int64(rows),
            tally: FileTally(
                formulasNeutralised: formulas, textsCut: cut, integersAsText: integers, bytesRepaired: repaired),
            file: object["file"].flatMap { JobPart.File($0) })
    }
}
