import Deflate

/// Writes a ZIP archive front to back, in constant memory, from bytes that are deflated already.
///
///     ┌ local header, bytes ┐ … ┌ local header │ bytes …          │ data descriptor ┐ ┌ directory ┐
///       short: sizes known        long: sizes unknown when the header was written      all sizes
///
/// A member is held back until it is over or longer than `heldBytes`. So the many short ones are of the plainest kind
/// there is, with sizes in front, and only long worksheets have a descriptor. It depends on the bytes alone which it
/// is.
package struct ZipWriter: ~Copyable {
    /// How many compressed bytes a member may have to be written with its sizes in front.
    static let heldBytes = 1024 * 1024

    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private var members: [ZipMember] = []
    private var current: ZipMember?
    private var currentBytes: UInt64 = 0
    private var held = OutputBuffer(capacity: 64 * 1024)
    private var records = OutputBuffer(capacity: 4096)
    /// Bytes that the sink has taken.
    private var written: UInt64 = 0

    /// - Parameter sink: takes the archive's bytes in order; they are valid only inside the call.
    package init(sink: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.sink = sink }

    package mutating func begin(_ name: String) {
        current = ZipMember(name: name, offset: written, isStreamed: false)
        currentBytes = 0
    }

    /// Takes bytes of the current member's raw deflate stream.
    /// - Throws: the sink's errors.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        currentBytes += UInt64(bytes.count)
        if current?.isStreamed == true { return try hand(bytes) }
        if currentBytes <= UInt64(Self.heldBytes) { return held.append(bytes) }
        let member = ZipMember(name: current?.name ?? "", offset: written, isStreamed: true)
        member.writeLocalHeader(into: &records)
        current = member
        try handRecords()
        try handHeld()
        try hand(bytes)
    }

    /// - Parameter checksum: of the bytes that the current member's inflate to.
    /// - Throws: the sink's errors.
    package mutating func end(_ checksum: CRC32) throws {
        guard var member = current else { return }
        member.checksum = checksum
        member.packedBytes = currentBytes
        if member.isStreamed {
            member.writeDataDescriptor(into: &records)
        } else {
            member.writeLocalHeader(into: &records)
            try handRecords()
            try handHeld()
        }
        try handRecords()
        members.append(member)
        current = nil
    }

    /// Writes the directory. The archive is complete.
    /// - Throws: the sink's errors.
    package mutating func finish() throws {
        let directoryOffset = written
        for member in members { member.writeDirectoryEntry(into: &records) }
        ZipMember.writeEnd(
            count: members.count, directoryOffset: directoryOffset, directoryBytes: UInt64(records.count),
            into: &records)
        try handRecords()
    }

    private mutating func handRecords() throws {
        written += UInt64(records.count)
        try records.withUnsafeBytes { try sink($0) }
        records.removeAll()
    }

    private mutating func handHeld() throws {
        written += UInt64(held.count)
        try held.withUnsafeBytes { try sink($0) }
        held.removeAll()
    }

    private mutating func hand(_ bytes: UnsafeRawBufferPointer) throws {
        written += UInt64(bytes.count)
        try sink(bytes)
    }
}
