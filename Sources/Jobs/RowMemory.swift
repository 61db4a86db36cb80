import Posix
import Postgres

/// What was made of jobs' rows that have been read before. Whoever watches a job asks for the same row again and again, and
/// while the database gives the same bytes they need not be taken apart anew.
package struct RowMemory<Value> {
    private var entries: [UUID: (bytes: [UInt8], value: Value)] = [:]
    private static var most: Int { 256 }

    package init() {}

    mutating func value(of row: Rows.Row, _ id: UUID, make: (Job) throws -> Value) throws -> Value {
        if let entry = entries[id], row.holds(entry.bytes) { return entry.value }
        let value = try make(Job(row))
        if entries.count >= Self.most { entries.removeAll(keepingCapacity: true) }
        entries[id] = (row.bytes, value)
        return value
    }
}
