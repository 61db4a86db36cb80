import Postgres

/// Explains the database's errors by SQLSTATE (PostgreSQL manual, appendix A). The summary is ours; the server's
/// message goes into the detail.
extension ExportFailure {
    init(_ error: PostgresError) {
        if error.code == .outOfMemory {
            self.init("row_too_large", Self.largerThanWorker("A row"), detail: error.debugDescription)
            return
        }
        if error.code == .unexpectedResult {
            self.init("source_error", "The database refused the export", detail: error.debugDescription)
            return
        }
        guard let state = error.sqlState ?? error.farewell else {
            self.init(
                "source_unavailable", "The database was out of reach",
                error.code == .connectionFailed ? .wait : .resume,
                detail: error.debugDescription)
            return
        }
        let (code, summary, recovery) = Self.meaning(of: state, error)
        var detail = error.debugDescription
        if state == "40001" { detail += "; \(Self.conflictCure)" }
        self.init(code, summary, recovery, sqlState: state, message: error.message, detail: detail)
    }

    /// A standby ends a query that needs rows which its primary has cleaned away with 40001.
    package static let conflictCure =
        "on a standby, set hot_standby_feedback = on, or raise max_standby_streaming_delay above the length of an export"

    static func largerThanWorker(_ row: String) -> String {
        "\(row) of this report is larger than a worker may hold (WORKER_MEMORY_MB)"
    }

    private typealias Meaning = (code: String, summary: String, recovery: Recovery)

    private static func meaning(of state: String, _ error: PostgresError) -> Meaning {
        if let known = exact[state] { return known }
        // Only a name in the export's own statement comes from the catalog: a view's function may use any others.
        let isOfCatalog = error.place == .statement
        switch state.prefix(2) {
        case "42", "3F":
            return isOfCatalog
                ? ("schema_changed", "A table or column of this report has changed or is gone", .none)
                : reportFails("a name in it is missing in the database, or is of another type there")
        case "21", "22": return computation(Self.computations[state])
        case "54": return ("source_limit", "The report is more than the database can do in one statement", .none)
        // Raised by a function of the report's, by a constraint or by a foreign data wrapper.
        case "P0", "38", "39", "23", "2F", "44", "HV", "0A": return reportFails(nil)
        case "08", "57": return ("source_unavailable", "The database interrupted the export", .resume)
        case "53": return ("source_unavailable", "The database was short of resources", .resume)
        case "40": return ("source_conflict", "The database interrupted the export", .resume)
        case "58": return ("source_error", "The database could not read its files", .retry)
        case "XX" where error.message?.hasPrefix("invalid memory alloc request") == true:
            return Self.rowTooLarge
        case "55" where state == "55000" && error.place == nil:
            return ("source_not_filled", "A materialized view of this report has not been filled yet", .none)
        default:
            return error.place == .function
                ? reportFails(nil) : ("source_error", "The database refused the export", .none)
        }
    }

    private static let exact: [String: Meaning] = [
        "42501": ("source_refused", "The database does not let this report read its tables", .none),
        "57014": ("timed_out", "The export took longer than it may", .none),
        "25P03": ("source_limit", "The database ended the export by its idle_in_transaction_session_timeout", .none),
        "25P04": ("source_limit", "The database ended the export by its transaction_timeout", .none),
        "25006": (
            "report_writes",
            "A view or function of this report writes, and an export may only read (transaction_read_only)", .none
        ),
        "53400": (
            "source_limit",
            "The report needs more temporary space than temp_file_limit of the database allows; sort by an indexed "
                + "column or narrow the filters", .none
        ),
        "54000": Self.rowTooLarge,
        "54001": ("source_limit", "The report is nested more deeply than the database's max_stack_depth allows", .none),
        "54011": ("source_limit", "The report has more columns than the database can select at once", .none),
        "55P03": ("source_locked", "A table of this report was locked for too long", .resume),
        "22021": Self.invalidEncoding,
        "22P05": Self.invalidEncoding,
    ]

    private static let rowTooLarge: Meaning = (
        "row_too_large", "A row of this report is larger than the database can send", .none
    )
    private static let invalidEncoding: Meaning = (
        "invalid_encoding", "A text of this report holds bytes that are no characters of the database's encoding", .none
    )

    private static func reportFails(_ why: String?) -> Meaning {
        let reason = why.map { ": \($0)" } ?? ""
        return ("report_failed", "A view or function of this report fails in the database\(reason)", .none)
    }

    private static func computation(_ what: String?) -> Meaning {
        ("computation_failed", "The report's own computation failed" + (what.map { ": \($0)" } ?? ""), .none)
    }

    private static let computations = [
        "21000": "a subquery gives more than one row",
        "22001": "a text is longer than its type allows",
        "22003": "a number is out of its type's range",
        "22007": "a text is no date or time",
        "22008": "a date or time is out of range",
        "22012": "a division by zero",
        "22023": "a function got a value that it does not take",
        "22P02": "a text is no value of the type that it is converted to",
    ]
}
