import CPostgres
import Glibc

/// One line of COPY text format on its way out of libpq, in memory that all lines share.
///
/// `PQgetCopyData` would allocate and free each row; `PQgetlineAsync` copies it to where it is told. When there is too
/// little room there, it hands out the beginning and then the rest. A line is whole when it ends in the newline, which
/// stands nowhere else: one in a value is written as `\n`.
struct CopyOutLine: ~Copyable {
    enum Answer {
        /// `bytes` are the next line.
        case whole
        /// It has not come yet.
        case none
        /// There is no other.
        case end
    }

    private var buffer: UnsafeMutableRawPointer?
    private var capacity = 0
    private var count = 0
    private var isWhole = true

    private static let firstCapacity = 16 * 1024

    deinit { free(buffer) }

    /// Valid until the next call of `next`.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: buffer, count: count) }

    /// - Parameter connection: libpq's, in the middle of a copy.
    /// - Throws: `PostgresError` when there is no memory for the line.
    mutating func next(of connection: OpaquePointer) throws(PostgresError) -> Answer {
        if isWhole { count = 0 }
        while true {
            if count == capacity { try grow() }
            guard let free = buffer.map({ $0 + count }) else { return .end }
            let room = Int32(clamping: capacity - count)
            let length = PQgetlineAsync(connection, free.assumingMemoryBound(to: CChar.self), room)
            guard length > 0 else {
                isWhole = count == 0
                return length == 0 ? .none : .end
            }
            count += Int(length)
            isWhole = free.load(fromByteOffset: Int(length) - 1, as: UInt8.self) == UInt8(ascii: "\n")
            if isWhole { return .whole }
        }
    }

    /// libpq has all of the line already, in a buffer of its own that may be half empty: this one grows by less.
    private mutating func grow() throws(PostgresError) {
        let larger = max(Self.firstCapacity, capacity + capacity / 2)
        guard let moved = realloc(buffer, larger) else {
            throw PostgresError(
                .outOfMemory, operation: "copy", detail: "no memory for a row of \(capacity) bytes and more")
        }
        buffer = moved
        capacity = larger
    }
}
