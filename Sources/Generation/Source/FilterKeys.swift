import Catalog
import Glibc
import Posix
import Postgres
import SQLText
import Storage

/// An uploaded list of keys on its way into the sessions of an export: each of them, for a temporary table is seen by
/// the session that made it alone.
package struct FilterKeys: Sendable {
    /// The keys in COPY's text format, a line each.
    package let object: StoredObject
    /// Of the keys in it, repeated ones too.
    package let count: Int

    package init(_ object: StoredObject, count: Int) {
        self.object = object
        self.count = count
    }

    /// The counts of a list's keys when the export's rows have been read.
    package struct Tally: Equatable, Sendable {
        package let keys: Int64
        package let distinct: Int64
        /// Of the distinct ones: those that no row of the export has.
        package let unmatched: Int64
        /// The first of these, in the list's order.
        package let first: [Unmatched]
    }

    /// A key that no row has.
    package struct Unmatched: Equatable, Sendable {
        package let key: String
        /// Where it first stands in the list; nil for a list that an earlier version has stored.
        package let line: Int?
    }

    /// How many unmatched keys are named.
    static let namedKeys = FilterKeysTable.namedKeys

    /// Makes the table in the export's transaction, which began as `.preparing`, and fills it.
    ///
    /// A read-only transaction cannot make a table, but it may write into a temporary one; so it becomes read-only when
    /// the table is there. The table goes with the transaction: behind a pooler the next one may have another session,
    /// and this session another client.
    /// - Throws: `ExportFailure`; `PostgresError` when the keys cannot be sent.
    func load(into session: SourceSession, _ table: FilterKeysTable) throws {
        let list = try stored()
        var foreign = try ForeignKeys(among: list, session.connection)
        _ = try Self.explaining { () throws(PostgresError) in
            try session.connection.run("\(table.create); SET TRANSACTION READ ONLY", "make filter table")
        }
        let copy = FilterKeysTable.copy(numbered: try list.isNumbered)
        let loaded = try session.connection.copyIn(copy) { send in
            try list.chunks { chunk in
                if foreign.isEmpty { try send(chunk) } else { try foreign.sift(chunk, keep: send) }
            }
        }
        guard loaded + foreign.count == Int64(count) else {
            throw ExportFailure(
                "filter_file_damaged", "The filter file is not as it was uploaded",
                detail: "\(count) keys were uploaded, \(loaded + foreign.count) are there")
        }
        try session.connection.execute(FilterKeysTable.analyze, "analyze filter table")
    }

    private func stored() throws(ExportFailure) -> Stored {
        do {
            return Stored(try object.open())
        } catch {
            throw ExportFailure(
                "filter_file_missing", "The filter file is not there any more", detail: error.debugDescription)
        }
    }

    /// Asked in the export's own transaction.
    /// - Parameter tick: called several times a second while the server counts.
    /// - Throws: `ExportFailure`, `PostgresError`, `PosixError`.
    func tally(_ session: SourceSession, _ table: FilterKeysTable, tick: () -> Void) throws -> Tally {
        let pending = try session.connection.send(table.count, "count filter keys")
        var answer: Rows?
        while answer == nil {
            _ = try waitReadable([session.connection.socket], milliseconds: 250)
            answer = try session.connection.result(of: pending)
            tick()
        }
        let list = try stored()
        var foreign = try ForeignKeys(among: list, session.connection)
        if !foreign.isEmpty { try list.chunks { try foreign.sift($0) { _ in } } }
        let row = answer?.first
        let lines = row?.strings("first_lines") ?? []
        let unmatched = (row?.strings("first_keys") ?? []).enumerated().map { place, key in
            Unmatched(key: key, line: place < lines.count ? Int(lines[place]) : nil)
        }
        let first = (unmatched + foreign.first).sorted { ($0.line ?? .max) < ($1.line ?? .max) }
        return Tally(
            keys: Int64(count), distinct: (row?.integer("distinct_keys") ?? 0) + foreign.distinct,
            unmatched: (row?.integer("unmatched_keys") ?? 0) + foreign.distinct,
            first: Array(first.prefix(Self.namedKeys)))
    }

    /// Runs a statement that a transaction with a table of keys needs and another does not.
    /// - Throws: `ExportFailure`, which says why this database takes no keys.
    static func explaining<Value>(_ body: () throws(PostgresError) -> Value) throws(ExportFailure) -> Value {
        do {
            return try body()
        } catch {
            throw failure(error)
        }
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

extension FilterKeys {
    /// The list as it lies on disk: in COPY's text format the key, a tab and the number of its line.
    final class Stored {
        private let file: FileDescriptor

        init(_ file: consuming FileDescriptor) {
            self.file = file
        }

        private static let chunkBytes = 64 * 1024

        /// From its beginning to its end.
        /// - Throws: `PosixError` when the list cannot be read; the errors of `body`.
        func chunks(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
            let raw = file.raw
            var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
            var offset: off_t = 0
            while true {
                let got = try retryingInterrupts("read") { pread(raw, &chunk, chunk.count, offset) }
                if got == 0 { return }
                offset += off_t(got)
                try chunk.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
            }
        }

        /// Whether the lines are numbered; those of a list that an earlier version has stored are not.
        var isNumbered: Bool {
            get throws {
                let raw = file.raw
                // The longest key, all of it escaped, and its number.
                var line = [UInt8](repeating: 0, count: 2 * FilterFileReader.lengthLimit + 16)
                let got = try retryingInterrupts("read") { pread(raw, &line, line.count, 0) }
                return line[..<got].prefix { $0 != UInt8(ascii: "\n") }.contains(UInt8(ascii: "\t"))
            }
        }
    }
}
