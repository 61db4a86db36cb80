import CPostgres
import Glibc
import Posix

/// Queries by libpq itself: a second opinion that shares no code with the service's wrapper of it, without the 30 ms
/// that a psql takes to start. Each has a session of its own, so that a test that counts, ends or limits sessions finds
/// none left.
enum Query {
    /// The rows of the last statement's result; NULL is nil. Several statements are one transaction.
    /// - Throws: `Unmet` with the server's words, or when the answer takes longer than `seconds`.
    static func rows(_ sql: String, at url: String, within seconds: Double = 120) throws -> [[String?]] {
        let connection = connect(url)
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK else { throw failure(connection) }
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        guard PQsendQuery(connection, sql) == 1 else { throw failure(connection) }
        let deadline = Clock.monotonicMilliseconds + Int64(seconds * 1000)
        var rows: [[String?]] = []
        while true {
            while PQisBusy(connection) == 1 {
                var entry = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
                let left = deadline - Clock.monotonicMilliseconds
                guard left > 0 else { throw Unmet("no answer within \(seconds) s: \(sql)") }
                poll(&entry, 1, Int32(left))
                guard PQconsumeInput(connection) == 1 else { throw failure(connection) }
            }
            guard let result = PQgetResult(connection) else { return rows }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK: rows = values(result)
            case PGRES_COMMAND_OK: rows = []
            default: throw failure(connection)
            }
        }
    }

    private static func connect(_ url: String) -> OpaquePointer? {
        let parameters = [("dbname", url), ("connect_timeout", "60"), ("fallback_application_name", "tests")]
        let names = parameters.map { strdup($0.0) } + [nil]
        let values = parameters.map { strdup($0.1) } + [nil]
        defer { (names + values).forEach { free($0) } }
        return PQconnectdbParams(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
    }

    private static func values(_ result: OpaquePointer) -> [[String?]] {
        (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
    }

    private static func failure(_ connection: OpaquePointer?) -> Unmet {
        Unmet("a query of the test's: \(String(cString: PQerrorMessage(connection)))")
    }
}
