import Catalog
import Glibc
import Posix
import Postgres

/// An uploaded list of keys on its way into the sessions of an export: each of them, for a temporary table is seen by
/// the session that made it alone.
package struct FilterKeys: Sendable {
    /// The keys in COPY's text format, a line each.
    package let path: String
    /// Of the keys in it, repeated ones too.
    package let count: Int

    package init(path: String, count: Int) {
        self.path = path
        self.count = count
    }

    /// What can be said of the list when the export's rows have been read.
    package struct Tally: Equatable, Sendable {
        package let keys: Int64
        package let distinct: Int64
        /// Of the distinct ones: those that no row of the export has.
        package let unmatched: Int64
    }

    private static let chunkBytes = 64 * 1024

    /// Begins the export's transaction, makes the table in it, and fills it.
    ///
    /// A read-only transaction cannot make a table, but it may write into a temporary one; so it becomes read-only when
    /// the table is there. The table goes with the transaction: behind a pooler the next one may have another session,
    /// and this session another client.
    /// - Throws: `ExportFailure`, or what `begin` throws.
    func load<Value>(
        into session: SourceSession, _ table: FilterKeysTable, begin: (SourceSession.Access) throws -> Value
    ) throws -> Value {
        let file = try opened()
        let raw = file.raw
        let value: Value
        do {
            value = try begin(.preparing)
            try session.connection.run("\(table.create); SET TRANSACTION READ ONLY", "make filter table")
        } catch let error as PostgresError {
            throw Self.failure(error)
        }
        let loaded = try session.connection.copyIn(FilterKeysTable.copy) { send in
            var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
            while true {
                let got = try retryingInterrupts("read") { read(raw, &chunk, chunk.count) }
                if got == 0 { break }
                try chunk.withUnsafeBytes { try send(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
            }
        }
        guard loaded == Int64(count) else {
            throw ExportFailure(
                "filter_file_damaged", "The filter file is not as it was uploaded",
                detail: "\(count) keys were uploaded, \(loaded) are there")
        }
        try session.connection.execute(FilterKeysTable.analyze, "analyze filter table")
        return value
    }

    private func opened() throws(ExportFailure) -> FileDescriptor {
        do {
            return try FileDescriptor.open(path, O_RDONLY)
        } catch {
            throw ExportFailure(
                "filter_file_missing", "The filter file is not there any more", detail: error.debugDescription)
        }
    }

    /// Asked in the export's own transaction.
    /// - Parameter tick: called several times a second while the server counts.
    func tally(_ session: SourceSession, _ table: FilterKeysTable, tick: () -> Void) throws -> Tally {
        let pending = try session.connection.send(table.count, "count filter keys")
        var answer: Rows?
        while answer == nil {
            _ = try waitReadable([session.connection.socket], milliseconds: 250)
            answer = try session.connection.result(of: pending)
            tick()
        }
        let row = answer?.first
        return Tally(
            keys: Int64(count), distinct: row?.integer("distinct_keys") ?? 0,
            unmatched: row?.integer("unmatched_keys") ?? 0)
    }

    private static func failure(_ error: PostgresError) -> ExportFailure {
        switch error.sqlState {
        // read_only_sql_transaction, and "cannot set transaction read-write mode during recovery".
        case "25006", "0A000":
            ExportFailure(
                "filter_needs_primary",
                "The data is read from a standby, which cannot take the keys of a filter file",
                detail: error.debugDescription)
        case "42501":
            ExportFailure(
                "filter_refused", "The database does not let this report take the keys of a filter file (TEMPORARY)",
                detail: error.debugDescription)
        default: ExportFailure(error)
        }
    }
}
