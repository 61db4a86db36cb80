import Catalog
import Deflate
import Formats
import Glibc
import JSON
import Jobs
import Posix
import Postgres
import Storage

/// Why an export or preview failed, in words that its owner may read.
package struct ExportFailure: Error, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// A stable word, e.g. `schema_changed`.
    package let code: String
    /// One sentence without SQL, names of servers or paths.
    package let summary: String
    package var recovery: Recovery
    /// The database server's SQLSTATE, where it is the server that failed.
    package let sqlState: String?
    /// The first sentence of the server's message.
    let message: String?
    /// For operators; holds all of the server's own words.
    package let detail: String

    /// What may be done after a failure.
    package enum Recovery: String, Sendable {
        /// No other attempt would do better.
        case none
        /// Another attempt may do better. It counts, for the job itself may be the cause.
        case retry
        /// The source interrupted an export that had begun, or the disk was full. The job is hardly the cause, so this
        /// costs no attempt while it does not happen again and again.
        case resume
        /// The source was out of reach before anything had begun. The job is not the cause, however often it happens.
        case wait
    }

    package init(
        _ code: String, _ summary: String, _ recovery: Recovery = .none, sqlState: String? = nil,
        message: String? = nil, detail: String = ""
    ) {
        self.message = message
        self.code = code
        self.summary = summary
        self.recovery = recovery
        self.sqlState = sqlState
        self.detail = detail
    }

    package var description: String { summary }
    package var debugDescription: String { "\(code): \(summary) \(cause)" }

    /// For the log: of a server's error the first sentence alone, since its DETAIL and CONTEXT may hold values of rows.
    package var cause: String {
        guard sqlState != nil, let message else { return detail }
        return sqlState == "40001" ? "\(message); \(Self.conflictCure)" : message
    }

    /// The failure as the job's row keeps it.
    package var attemptError: AttemptError {
        AttemptError(code: code, summary: summary, sqlState: sqlState, detail: detail.isEmpty ? nil : detail)
    }

    /// Translates the errors that a run can throw.
    package init(_ error: any Error) {
        switch error {
        case let failure as ExportFailure: self = failure
        case let error as PostgresError: self.init(error)
        case let error as StorageError: self.init(error)
        case let error as PosixError where [ENOSPC, EDQUOT, EFBIG].contains(error.errorNumber):
            self.init(full: error.errorNumber, detail: error.debugDescription)
        case let error as CompileError: self.init(error)
        case let error as RequestError: self.init(error)
        case let limit as any FormatLimit: self.init(limit.code, limit.description)
        case is CopyTextError, is PartError:
            self.init("internal_error", "The file could not be written", detail: String(reflecting: error))
        default: self.init("internal_error", "The export failed", .retry, detail: String(reflecting: error))
        }
    }

    private init(_ error: CompileError) {
        self.init("catalog_changed", error.description, detail: String(reflecting: error))
    }

    /// A stored request that does not fit its catalog any more.
    private init(_ error: RequestError) {
        switch error {
        case .uncompilable(let error): self.init(error)
        case .unknownCatalog(let module, let catalog):
            self.init("catalog_changed", "The catalog \(module)/\(catalog) is not there any more")
        case .faults(let faults):
            let first = faults.first.map { "\($0.field): \($0.message)" } ?? ""
            self.init("catalog_changed", "The catalog has changed since the export was asked for: \(first)")
        }
    }

    /// Runs the steps before the first read: an error of the connection here means that the source is out of reach.
    /// - Throws: `ExportFailure`.
    static func reaching<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            var failure = ExportFailure(error)
            if failure.recovery == .resume { failure.recovery = .wait }
            throw failure
        }
    }

    /// A disk that is full, or a quota, has room again when other files have gone. A file that is longer than it may be
    /// (EFBIG) stays so.
    private init(full number: Int32, detail: String) {
        self.init(
            "storage_full", "There is no room for the file", number == EFBIG ? .none : .resume, detail: detail)
    }

    /// What is left of the failure when the storage's folder is not there: a list of keys or kept rows that were not
    /// found are not lost.
    var whileStorageIsAway: ExportFailure {
        guard recovery != .wait else { return self }
        return ExportFailure(
            "storage_error", "The file could not be stored", .resume, detail: "the storage is away: \(debugDescription)"
        )
    }

    private init(_ error: StorageError) {
        let detail = error.debugDescription
        switch error.code {
        case .full: self.init(full: error.errorNumber, detail: detail)
        // The name is this attempt's alone, by its claim's token: something that is not ours stands there. The next
        // attempt has another name.
        case .exists: self.init("storage_error", "The file could not be stored", .resume, detail: detail)
        // The storage's folder is away, which no export brings about.
        case .missing, .away: self.init("storage_error", "The file could not be stored", .resume, detail: detail)
        // A disk that failed once may do better with a new file; never with the same file.
        case .io: self.init("storage_error", "The file could not be stored", .retry, detail: detail)
        case .refused: self.init("storage_error", "The file could not be stored", detail: detail)
        }
    }
}

/// As the child of a job, or of a part, tells it through its pipe.
extension ExportFailure {
    var json: JSON {
        [
            "code": .string(code), "summary": .string(summary), "recovery": .string(recovery.rawValue),
            "sqlState": .string(orNull: sqlState), "message": .string(orNull: message), "detail": .string(detail),
        ]
    }

    init?(_ json: JSON) {
        guard let object = json.object, let code = object["code"]?.string, let summary = object["summary"]?.string,
            let recovery = object["recovery"]?.string.flatMap(Recovery.init(rawValue:)),
            let detail = object["detail"]?.string
        else { return nil }
        self.init(
            code, summary, recovery, sqlState: object["sqlState"]?.string, message: object["message"]?.string,
            detail: detail)
    }
}

extension ExportFailure {
    /// The same, where it is about a row, with the row's name.
    func at(_ row: String) -> ExportFailure {
        guard code == "row_too_large", summary.hasPrefix("A row ") else { return self }
        return ExportFailure(
            code, row + summary.dropFirst("A row".count), recovery, sqlState: sqlState, message: message, detail: detail
        )
    }
}
