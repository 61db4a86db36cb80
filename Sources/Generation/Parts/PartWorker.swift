import Catalog
import Glibc
import JSON
import Posix
import Postgres

/// One range of an export, in a process of its own: COPY on the shared snapshot into a file without a name.
struct PartWorker {
    let export: CopyExport
    let snapshot: String
    let range: KeyRange
    /// The first part writes what stands before the first row.
    let isFirst: Bool

    /// What the worker says when it is done. Anything else on the pipe means that it died.
    struct Result: Equatable {
        let rows: Int64
        let formulasNeutralised: Int

        var message: [UInt8] {
            let value: JSON = ["rows": .int(rows), "formulasNeutralised": .int(formulasNeutralised)]
            return value.serialized
        }

        init(rows: Int64, formulasNeutralised: Int) {
            self.rows = rows
            self.formulasNeutralised = formulasNeutralised
        }

        init?(_ message: [UInt8]) {
            guard let object = try? JSON.parse(message).object, let rows = object["rows"]?.int,
                let formulas = object["formulasNeutralised"]?.int
            else { return nil }
            self.init(rows: Int64(rows), formulasNeutralised: formulas)
        }
    }

    /// - Parameters:
    ///   - output: the part's file, empty, at its beginning.
    ///   - progress: rows so far, called several times a second.
    func run(output: Int32, progress: @escaping (Int64) -> Void) throws -> Result {
        let session = try SourceSession(export.sourceURL, purpose: "penstock part")
        try export.beginning(session) {
            try session.begin(
                tenant: export.tenant, zone: export.request.timezone, seconds: export.seconds, sharing: snapshot)
        }
        let descriptor = FileDescriptor(owning: output)
        let file = try CSVFile(export.compiled.columns, export.request) { try descriptor.writeAll($0) }
        if isFirst { try file.begin() }
        let sent = try CopyExport.copy(
            export.compiled.rows(in: range), on: session.connection, into: file, look: progress)
        progress(sent)
        return Result(rows: sent, formulasNeutralised: file.formulasNeutralised)
    }
}
