import Deflate

/// One file in the archive, as its headers describe it. All members are deflated and have ASCII names.
///
/// Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5. Every time is 1980-01-01 00:00, the format's first, so that
/// equal contents are equal archives.
struct ZipMember {
    let name: String
    /// Where its local header stands.
    let offset: UInt64
    /// Its sizes follow its bytes in a data descriptor, because they were not known before.
    let isStreamed: Bool
    var checksum = CRC32()
    var packedBytes: UInt64 = 0

    private var plainBytes: UInt64 { UInt64(checksum.length) }

    /// A size or an offset that takes 64 bits is written elsewhere, and this in its place.
    private static let elsewhere: UInt64 = 0xFFFF_FFFF
    private static let firstDate: UInt16 = 0x0021

    init(name: String, offset: UInt64, isStreamed: Bool) {
        self.name = name
        self.offset = offset
        self.isStreamed = isStreamed
    }

    /// A streamed member may turn out to need ZIP64. Excel then wants version 4.5 here and no extra field, which is how
    /// opczip and Apache POI write such files (rzymek.github.io/post/excel-zip64).
    func writeLocalHeader(into output: inout OutputBuffer) {
        output.appendLittleEndian(UInt32(0x0403_4B50))
        output.appendLittleEndian(UInt16(isStreamed ? 45 : 20))
        writeCommonFields(sized: !isStreamed, into: &output)
        output.appendLittleEndian(UInt16(0))
        output.append(name)
    }

    /// Flags, method, time, checksum, sizes (0 while they are not known) and the length of the name.
    private func writeCommonFields(sized: Bool, into output: inout OutputBuffer) {
        output.appendLittleEndian(UInt16(isStreamed ? 1 << 3 : 0))
        output.appendLittleEndian(UInt16(8))
        output.appendLittleEndian(UInt16(0))
        output.appendLittleEndian(Self.firstDate)
        output.appendLittleEndian(sized ? checksum.value : 0)
        output.appendLittleEndian(sized ? UInt32(min(packedBytes, Self.elsewhere)) : 0)
        output.appendLittleEndian(sized ? UInt32(min(plainBytes, Self.elsewhere)) : 0)
        output.appendLittleEndian(UInt16(name.utf8.count))
    }

    /// Follows the bytes of a streamed member; with sizes of 64 bits when one of them needs them.
    func writeDataDescriptor(into output: inout OutputBuffer) {
        output.appendLittleEndian(UInt32(0x0807_4B50))
        output.appendLittleEndian(checksum.value)
        if max(packedBytes, plainBytes) >= Self.elsewhere {
            output.appendLittleEndian(packedBytes)
            output.appendLittleEndian(plainBytes)
        } else {
            output.appendLittleEndian(UInt32(packedBytes))
            output.appendLittleEndian(UInt32(plainBytes))
        }
    }

    func writeDirectoryEntry(into output: inout OutputBuffer) {
        // The extra field holds, in this order, those that did not fit.
        let long = [plainBytes, packedBytes, offset].filter { $0 >= Self.elsewhere }
        output.appendLittleEndian(UInt32(0x0201_4B50))
        output.appendLittleEndian(UInt16(45))
        output.appendLittleEndian(UInt16(long.isEmpty ? 20 : 45))
        writeCommonFields(sized: true, into: &output)
        output.appendLittleEndian(UInt16(long.isEmpty ? 0 : 4 + 8 * long.count))
        // No comment, disk 0, no attributes.
        output.appendLittleEndian(UInt16(0))
        output.appendLittleEndian(UInt16(0))
        output.appendLittleEndian(UInt16(0))
        output.appendLittleEndian(UInt32(0))
        output.appendLittleEndian(UInt32(min(offset, Self.elsewhere)))
        output.append(name)
        if !long.isEmpty {
            output.appendLittleEndian(UInt16(1))
            output.appendLittleEndian(UInt16(8 * long.count))
            for value in long { output.appendLittleEndian(value) }
        }
    }

    /// The records after the directory; the first two only where the last one's fields are too narrow.
    static func writeEnd(count: Int, directoryOffset: UInt64, directoryBytes: UInt64, into output: inout OutputBuffer) {
        if max(directoryOffset, directoryBytes) >= elsewhere || count >= 0xFFFF {
            output.appendLittleEndian(UInt32(0x0606_4B50))
            output.appendLittleEndian(UInt64(44))
            output.appendLittleEndian(UInt16(45))
            output.appendLittleEndian(UInt16(45))
            output.appendLittleEndian(UInt64(0))
            output.appendLittleEndian(UInt64(count))
            output.appendLittleEndian(UInt64(count))
            output.appendLittleEndian(directoryBytes)
            output.appendLittleEndian(directoryOffset)
            output.appendLittleEndian(UInt32(0x0706_4B50))
            output.appendLittleEndian(UInt32(0))
            output.appendLittleEndian(directoryOffset + directoryBytes)
            output.appendLittleEndian(UInt32(1))
        }
        output.appendLittleEndian(UInt32(0x0605_4B50))
        output.appendLittleEndian(UInt32(0))
        output.appendLittleEndian(UInt16(min(count, 0xFFFF)))
        output.appendLittleEndian(UInt16(min(count, 0xFFFF)))
        output.appendLittleEndian(UInt32(min(directoryBytes, elsewhere)))
        output.appendLittleEndian(UInt32(min(directoryOffset, elsewhere)))
        output.appendLittleEndian(UInt16(0))
    }
}

extension OutputBuffer {
    fileprivate mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append($0) }
    }
}
