import Catalog
import Formats
import Glibc
import Jobs
import Posix
import Postgres
import Storage
import Support
import Testing

@testable import Generation

/// What each kind of error of the database means for an export.
@Suite struct ExportFailureTests {
    private static func failure(
        _ state: String, _ message: String = "x", _ place: PostgresError.Place? = nil
    ) -> ExportFailure {
        ExportFailure(
            PostgresError(
                .server(state), operation: "copy", detail: "ERROR: \(message)", message: message, place: place))
    }

    @Test func `the log has the first sentence of the server's words, and nothing of rows`() {
        let error = PostgresError(
            .server("23505"), operation: "copy", detail: "ERROR: duplicate key\nDETAIL: Key (name)=(secret) exists.",
            message: "duplicate key")
        #expect(ExportFailure(error).cause == "duplicate key")
        #expect(!ExportFailure(error).debugDescription.contains("secret"))
        #expect(ExportFailure(error).attemptError.detail?.contains("secret") == true)
        #expect(Self.failure("40001", "conflict").cause == "conflict; \(ExportFailure.conflictCure)")
    }

    static let classes: [(state: String, code: String, recovery: ExportFailure.Recovery)] = [
        // A value does not go into the report's own computation.
        ("22012", "computation_failed", .none), ("22003", "computation_failed", .none),
        ("22P02", "computation_failed", .none), ("22023", "computation_failed", .none),
        ("2201E", "computation_failed", .none), ("21000", "computation_failed", .none),
        ("22021", "invalid_encoding", .none), ("22P05", "invalid_encoding", .none),
        // A view or function of the report's.
        ("P0001", "report_failed", .none), ("P0002", "report_failed", .none), ("23505", "report_failed", .none),
        ("23514", "report_failed", .none), ("38001", "report_failed", .none), ("HV000", "report_failed", .none),
        ("42704", "report_failed", .none), ("42803", "report_failed", .none), ("42846", "report_failed", .none),
        ("42P17", "report_failed", .none), ("0A000", "report_failed", .none), ("25006", "report_writes", .none),
        // Settings and limits, which another attempt meets again.
        ("53400", "source_limit", .none), ("54001", "source_limit", .none), ("54011", "source_limit", .none),
        ("54023", "source_limit", .none), ("25P04", "source_limit", .none), ("25P03", "source_limit", .none),
        ("54000", "row_too_large", .none), ("57014", "timed_out", .none), ("42501", "source_refused", .none),
        ("55000", "source_not_filled", .none), ("XX000", "source_error", .none), ("XX001", "source_error", .none),
        // The source is away, full, or in the way: not the job's doing.
        ("57P01", "source_unavailable", .resume), ("57P02", "source_unavailable", .resume),
        ("57P03", "source_unavailable", .resume), ("57P05", "source_unavailable", .resume),
        ("08006", "source_unavailable", .resume), ("08P01", "source_unavailable", .resume),
        ("53300", "source_unavailable", .resume), ("53100", "source_unavailable", .resume),
        ("53200", "source_unavailable", .resume), ("40001", "source_conflict", .resume),
        ("40P01", "source_conflict", .resume), ("55P03", "source_locked", .resume), ("58030", "source_error", .retry),
    ]

    @Test(arguments: classes)
    func `a class of errors has its code and what is left to be done`(
        state: String, code: String, recovery: ExportFailure.Recovery
    ) {
        let failure = Self.failure(state)
        #expect(failure.code == code && failure.recovery == recovery && failure.sqlState == state)
        // The server's words are for the log alone.
        #expect(!failure.summary.contains(state) && failure.detail.contains(state))
    }

    @Test(arguments: ["42P01", "42703", "42883", "42804", "42P18", "42725", "3F000"])
    func `what the statement names has changed, what a function names is the report's own`(state: String) {
        #expect(Self.failure(state, "x", .statement).code == "schema_changed")
        let inside = Self.failure(state, "relation \"t\" does not exist", .function)
        #expect(inside.code == "report_failed" && inside.detail.contains("relation \"t\" does not exist"))
    }

    @Test func `a disk that is full has room again one day, a file that is longer than it may be is never shorter`() {
        let recoveries: [(Int32, ExportFailure.Recovery)] = [(ENOSPC, .resume), (EDQUOT, .resume), (EFBIG, .none)]
        for (number, recovery) in recoveries {
            let failure = ExportFailure(PosixError("write", errorNumber: number, subject: "/srv/files/x"))
            #expect(failure.code == "storage_full" && failure.recovery == recovery)
            #expect(!failure.summary.contains("/srv") && failure.detail.contains("/srv"))
        }
    }

    @Test func `a storage that goes away in the middle of an export costs it no attempt`() throws {
        let storage = try StorageFolder(root: "\(TestRun.folder)/away-\(Random.integer())")
        let attempt = StoredAttempt(job: .version7(), epoch: 1, token: UUID.version4().description)
        rename(storage.description, "\(storage.description).unmounted")
        for make in [
            { _ = try storage.create(StoredFileName(attempt, .rows)) }, { _ = try storage.scratch.makeFile() },
        ] {
            let error = try #require(#expect(throws: (any Error).self) { try make() })
            let failure = ExportFailure(error)
            #expect(failure.code == "storage_error" && failure.recovery == .resume)
        }
    }

    @Test func `nothing is missed for good while the storage is away`() {
        let failure = ExportFailure("filter_file_missing", "The filter file is not there any more").whileStorageIsAway
        #expect(failure.code == "storage_error" && failure.recovery == .resume)
        let waiting = ExportFailure("source_unavailable", "The source is out of reach", .wait)
        #expect(waiting.whileStorageIsAway == waiting)
    }

    @Test func `a limit is named by its setting`() {
        #expect(Self.failure("53400").summary.contains("temp_file_limit"))
        #expect(Self.failure("54001").summary.contains("max_stack_depth"))
        #expect(Self.failure("25P04").summary.contains("transaction_timeout"))
        #expect(Self.failure("25006").summary.contains("transaction_read_only"))
        #expect(Self.failure("40001").detail.contains("hot_standby_feedback"))
        #expect(Self.failure("XX000", "invalid memory alloc request size 1073741824").code == "row_too_large")
    }

    @Test func `what fails before anything has begun waits, whatever it is that is away`() {
        func reached(_ error: PostgresError) -> ExportFailure? {
            do {
                return try ExportFailure.reaching { throw error }
            } catch {
                return error as? ExportFailure
            }
        }
        let refused = PostgresError(.connectionFailed, operation: "connect", detail: "refused")
        #expect(reached(refused)?.recovery == .wait)
        #expect(ExportFailure(refused).recovery == .wait)
        let lost = PostgresError(.connectionLost, operation: "begin export", detail: "lost")
        #expect(reached(lost)?.recovery == .wait && ExportFailure(lost).recovery == .resume)
        for state in ["57P03", "53300", "08P01"] {
            #expect(reached(PostgresError(.server(state), operation: "begin", detail: ""))?.recovery == .wait)
        }
        #expect(
            reached(PostgresError(.server("42501"), operation: "begin", detail: ""))?.recovery
                == ExportFailure.Recovery.none)
        let farewell = PostgresError(.connectionLost, operation: "copy", detail: "gone", farewell: "40001")
        #expect(ExportFailure(farewell).code == "source_conflict")
    }

    @Test func `a row that does not fit is called by its name`() {
        let memory = ExportFailure(PostgresError(.outOfMemory, operation: "copy", detail: "out of memory"))
        #expect(memory.code == "row_too_large" && memory.recovery == .none)
        #expect(
            memory.at("Row 7 of part 2").summary
                == "Row 7 of part 2 of this report is larger than a worker may hold (WORKER_MEMORY_MB)")
        #expect(Self.failure("54000").at("Row 3").summary.hasPrefix("Row 3 of this report is larger than the database"))
        #expect(Self.failure("22012").at("Row 3") == Self.failure("22012"))
    }

    @Test func `a workbook with too many columns is refused with a code of its own`() {
        #expect(ExportFailure(XLSXError.tooManyColumns(16_385)).code == "xlsx_limit")
    }

    @Test func `a file is called after its catalog and its kind`() {
        var request = ExportRequest(module: "sales", catalog: "orders", format: .xlsx, columns: ["id"])
        #expect(request.fileName(date: "2026-05-07") == "orders-2026-05-07.xlsx")
        request = ExportRequest(module: "sales", catalog: "orders", format: .csv, columns: ["id"])
        request.options.isCompressed = true
        #expect(request.fileName(date: "2026-05-07") == "orders-2026-05-07.csv.gz")
        request.includeAnnexes = true
        #expect(request.fileName(date: "2026-05-07") == "orders-2026-05-07.zip")
    }

    private static let catalog = """
        module: shop
        key: orders
        category: operational
        label: Orders
        table: shop.orders_mv
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: integer }
        dateField: { column: at, type: localDatetime, zone: US/Pacific, label: At }
        statuses: { column: status, values: [open, paid] }
        relations: { drivers: { table: drivers_mv, key: id, tenantColumn: tenant_id } }
        columns:
          - { key: id, label: ID, type: integer, default: true }
        """

    private static func explained(_ state: String, _ message: String) throws -> ExportFailure {
        let (catalogs, faults) = CatalogLoader.load([CatalogSource(path: "shop.yaml", text: catalog)])
        #expect(faults.isEmpty, "\(faults)")
        let report = try #require(catalogs.report(module: "shop", key: "orders"))
        let request = ExportRequest(
            module: "shop", catalog: "orders", format: .csv, statuses: ["open"], columns: ["id"],
            timezone: "Europe/Oslo")
        return failure(state, message).explained(by: report, request, daysIn: "Asia/Tokyo")
    }

    @Test(arguments: [
        (#"invalid value for parameter "TimeZone": "Europe/Oslo""#, "Europe/Oslo"),
        (#"time zone "US/Pacific" not recognized"#, "US/Pacific"),
        ("le fuseau « Asia/Tokyo » est inconnu", "Asia/Tokyo"),
    ])
    func `a zone that the database does not know is named, in whatever words it says so`(
        message: String, zone: String
    ) throws {
        let failure = try Self.explained("22023", message)
        #expect(failure.code == "unknown_timezone")
        #expect(failure.summary == "The database does not know the time zone \(zone)")
    }

    @Test func `a status that the database has renamed is named, and no other value is taken for one`() throws {
        let failure = try Self.explained("22P02", #"invalid input value for enum mood: "open""#)
        #expect(failure.code == "catalog_changed")
        #expect(failure.summary == "The database does not know the status open any more")
        #expect(try Self.explained("22P02", #"invalid input syntax: "reopened""#).code == "computation_failed")
        #expect(try Self.explained("22023", "negative substring length not allowed").code == "computation_failed")
    }

    @Test func `a materialized view that was never filled is the report's or a relation's`() throws {
        let words = #"materialized view "\#("orders_mv")" has not been populated"#
        #expect(
            try Self.explained("55000", words).summary
                == "The materialized view of the report Orders has not been filled yet")
        #expect(
            try Self.explained("55000", words.replacing("orders_mv", with: "drivers_mv")).summary
                == "The materialized view of the relation drivers has not been filled yet")
    }

}
