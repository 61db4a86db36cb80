import Catalog
import Deflate
import Encoding
import Postgres
import Storage

/// Why an export or preview came to nothing, in words that its owner may read.
package struct ExportFailure: Error, CustomStringConvertible, CustomDebugStringConvertible {
    /// A stable word, e.g. `schema_changed`.
    package let code: String
    /// One sentence without SQL, names of servers or paths.
    package let summary: String
    /// Whether the same attempt may do better later.
    package let mayRetry: Bool
    /// For the log.
    package let detail: String

    package init(_ code: String, _ summary: String, mayRetry: Bool = false, detail: String = "") {
        self.code = code
        self.summary = summary
        self.mayRetry = mayRetry
        self.detail = detail
    }

    package var description: String { summary }
    package var debugDescription: String { "\(code): \(summary) \(detail)" }

    package var outcome: Outcome {
        mayRetry ? .retry(code: code, summary: summary) : .failed(code: code, summary: summary)
    }

    /// Translates whatever a run can throw.
    package init(_ error: any Error) {
        switch error {
        case let failure as ExportFailure: self = failure
        case let error as PostgresError: self.init(error)
        case let error as StorageError: self.init(error)
        case let error as CompileError:
            self.init("catalog_changed", error.description, detail: String(reflecting: error))
        case let error as RequestFaults:
            let first = error.faults.first.map { "\($0.field): \($0.message)" } ?? ""
            self.init("catalog_changed", "The catalog has changed since the export was asked for: \(first)")
        case XLSXError.tooManyColumns: self.init("xlsx_limit", "\(error)")
        case is CopyTextError, is DeflateError, is XLSXError:
            self.init("internal_error", "The file could not be written", detail: String(reflecting: error))
        default: self.init("internal_error", "The export failed", mayRetry: true, detail: String(reflecting: error))
        }
    }

    /// By SQLSTATE (PostgreSQL manual, appendix A).
    private init(_ error: PostgresError) {
        let detail = error.debugDescription
        guard let state = error.sqlState else {
            self.init("source_unavailable", "The database was out of reach", mayRetry: true, detail: detail)
            return
        }
        switch state {
        case "42P01", "42703", "42883", "42804", "42P18":
            self.init(
                "schema_changed", "A table or column of this report has changed or is gone", detail: detail)
        case "42501":
            self.init("source_refused", "The database does not let this report read its tables", detail: detail)
        case "57014":
            self.init("timed_out", "The export took longer than it may", detail: detail)
        case "55P03":
            self.init("source_locked", "A table of this report was locked for too long", mayRetry: true, detail: detail)
        case "40001":
            // A replica cancels a query that stands in the way of recovery with this state.
            self.init("source_conflict", "The database interrupted the export", mayRetry: true, detail: detail)
        default:
            if state.hasPrefix("22") {
                self.init("invalid_data", "A value could not be converted to its column's type", detail: detail)
            } else if error.isTransient || state.hasPrefix("40") || state.hasPrefix("58") {
                self.init("source_unavailable", "The database interrupted the export", mayRetry: true, detail: detail)
            } else {
                self.init("source_error", "The database refused the export", detail: detail)
            }
        }
    }

    private init(_ error: StorageError) {
        let detail = error.debugDescription
        switch error.code {
        case .full: self.init("storage_full", "There is no room for the file", detail: detail)
        // A disk that failed once may do better with a new file, and so may an attempt whose name was taken, since the
        // next one has its own; never with the same file.
        case .io, .missing, .exists:
            self.init("storage_error", "The file could not be stored", mayRetry: true, detail: detail)
        case .refused: self.init("storage_error", "The file could not be stored", detail: detail)
        }
    }
}
