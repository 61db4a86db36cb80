import Glibc

/// Reads an uploaded list of keys, one a line, while it arrives, and says what is wrong with it.
///
/// A line ends with LF or CRLF, the last one may end with the file; a byte order mark before the first is skipped, and so
/// are empty lines. A key is taken as it stands, its blanks too. Which type the keys must have is only known once the request
/// has been read, and that may come after the file: the lines that are none are kept for each type.
package struct FilterFileReader {
    /// Of one file.
    package static let keyLimit = 1_000_000
    /// Bytes of one key.
    package static let lengthLimit = 1_000
    /// Lines that are named one by one.
    private static let namedFaults = 20

    /// Keys so far, repeated ones too.
    package private(set) var keys = 0

    private var line = 0
    private var partial: [UInt8] = []
    /// The line that is being read is longer than any key.
    private var isOverlong = false
    private var faulty = Faults()
    private var notUUIDs = Faults()
    private var notIntegers = Faults()

    private struct Faults {
        var first: [(line: Int, reason: String)] = []
        var count = 0

        mutating func add(_ line: Int, _ reason: String) {
            count += 1
            if first.count < FilterFileReader.namedFaults { first.append((line, reason)) }
        }
    }

    package init() {}

    /// Takes the next bytes of the file.
    /// - Parameter keep: is given the keys, a line each in COPY's text format; the bytes are valid only inside the call.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, keep: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 64)
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            guard let found = memchr(base, 0x0A, rest.count) else {
                extend(rest)
                break
            }
            let length = UnsafeRawPointer(found) - base
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<length])
            if partial.isEmpty, !isOverlong {
                take(piece, into: &output)
            } else {
                extend(piece)
                takePartial(into: &output)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
        }
        if !output.isEmpty { try output.withUnsafeBytes { try keep($0) } }
    }

    /// The file has ended.
    package mutating func finish(keep: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard !partial.isEmpty || isOverlong else { return }
        var output: [UInt8] = []
        takePartial(into: &output)
        if !output.isEmpty { try output.withUnsafeBytes { try keep($0) } }
    }

    /// Everything wrong with the file, for keys of a type; nil where the type is not known.
    package func faults(for type: KeyType?) -> [RequestFault] {
        var faults: [RequestFault] = []
        func tell(_ found: Faults) {
            faults += found.first.map { RequestFault(field: "filterFile", message: "line \($0.line) \($0.reason)") }
            let more = found.count - found.first.count
            if more > 0 { faults.append(RequestFault(field: "filterFile", message: "and \(more) more such lines")) }
        }
        tell(faulty)
        switch type {
        case .uuid: tell(notUUIDs)
        case .integer: tell(notIntegers)
        case .text, nil: break
        }
        if keys == 0, faulty.count == 0 {
            faults.append(RequestFault(field: "filterFile", message: "filterFile holds no key"))
        }
        if keys > Self.keyLimit {
            faults.append(
                RequestFault(
                    field: "filterFile", message: "filterFile must have at most \(Self.keyLimit) keys; it has \(keys)"))
        }
        return faults
    }

    private mutating func extend(_ piece: UnsafeRawBufferPointer) {
        // Enough for a key, its line end, and a byte order mark before it; the rest need not be kept.
        if partial.count + piece.count > Self.lengthLimit + 4 { isOverlong = true }
        if !isOverlong { partial.append(contentsOf: piece) }
    }

    private mutating func takePartial(into output: inout [UInt8]) {
        if isOverlong {
            line += 1
            faulty.add(line, Self.tooLong)
        } else {
            let whole = partial
            whole.withUnsafeBytes { take($0, into: &output) }
        }
        partial.removeAll(keepingCapacity: true)
        isOverlong = false
    }

    private static let tooLong = "is longer than \(lengthLimit) bytes"

    /// One line without its LF.
    private mutating func take(_ whole: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        line += 1
        var key = whole
        if line == 1, key.count >= 3, key[0] == 0xEF, key[1] == 0xBB, key[2] == 0xBF {
            key = UnsafeRawBufferPointer(rebasing: key[3...])
        }
        if key.last == 0x0D { key = UnsafeRawBufferPointer(rebasing: key[..<(key.count - 1)]) }
        if key.isEmpty { return }
        if key.count > Self.lengthLimit { return faulty.add(line, Self.tooLong) }
        let marks = Self.marks(in: key)
        if marks.control { return faulty.add(line, "holds a control character") }
        guard let text = String(validating: key, as: UTF8.self) else { return faulty.add(line, "is not UTF-8") }
        keys += 1
        guard keys <= Self.keyLimit else { return }
        if !KeyType.uuid.accepts(text) { notUUIDs.add(line, "must be a UUID") }
        if !KeyType.integer.accepts(text) { notIntegers.add(line, "must be an integer") }
        if marks.backslash {
            for byte in key {
                if byte == UInt8(ascii: "\\") { output.append(byte) }
                output.append(byte)
            }
        } else {
            output.append(contentsOf: key)
        }
        output.append(0x0A)
    }

    /// Whether a key holds a control character, which no key does and a mistaken file (a spreadsheet, a PDF) does, and
    /// whether it holds what COPY's text format escapes.
    private static func marks(in key: UnsafeRawBufferPointer) -> (control: Bool, backslash: Bool) {
        var control = false
        var backslash = false
        for byte in key {
            if byte < 0x20 || byte == 0x7F { control = true }
            if byte == UInt8(ascii: "\\") { backslash = true }
        }
        return (control, backslash)
    }
}
