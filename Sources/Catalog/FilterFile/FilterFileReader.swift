import Glibc

/// Reads an uploaded list of keys, one a line, while it arrives, and collects its errors.
///
/// A line ends with LF, the last one may end with the file. Invisible characters at the ends of a line do not belong to
/// the key (`KeyLine`), and a line with nothing else is skipped. Inside, a key is taken byte by byte. Which type the
/// keys must have is only known once the request has been read, and that may come after the file: the lines that are no
/// keys of a type are kept for each type. A file that is no text is reported once, by its kind (`FileKind`).
package struct FilterFileReader {
    /// Of one file.
    package static let keyLimit = 1_000_000
    /// Bytes of one key.
    package static let lengthLimit = 1_000
    /// Bytes of a line: enough for a key and the invisible characters around it. The rest of a longer line need not be
    /// kept.
    private static let lineLimit = 2 * lengthLimit
    /// Lines of a kind of fault that are named one by one.
    private static let namedFaults = 5

    /// Keys so far, repeated ones too.
    package private(set) var keys = 0

    private var line = 0
    private var partial: [UInt8] = []
    /// The line that is being read is longer than any key.
    private var isOverlong = false
    /// The file's first bytes, until they tell its kind.
    private var head: [UInt8] = []
    private var kind: FileKind?
    /// By `LineFault`.
    private var faulty = [Lines](repeating: Lines(), count: LineFault.allCases.count)

    /// The errors of a line.
    private enum LineFault: Int, CaseIterable {
        case overlong, control, encoding, uuid, integer

        var reason: String {
            switch self {
            case .overlong: "is longer than \(FilterFileReader.lengthLimit) bytes"
            case .control: "holds a control character"
            case .encoding: "is not UTF-8"
            case .uuid: "must be a UUID"
            case .integer: "must be an integer"
            }
        }
    }

    /// The first lines with a fault, and how many there are.
    private struct Lines {
        var first: [Int] = []
        var count = 0
    }

    package init() {}

    /// Takes the next bytes of the file.
    /// - Parameter keep: is given the keys, a line each in COPY's text format: the key, a tab, the number of its line.
    ///   The bytes are valid only inside the call.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, keep: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        look(at: bytes)
        if kind != nil { return }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 3 / 2 + 64)
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
        if kind == nil { kind = FileKind(head: head) }
        guard kind == nil, !partial.isEmpty || isOverlong else { return }
        var output: [UInt8] = []
        takePartial(into: &output)
        if !output.isEmpty { try output.withUnsafeBytes { try keep($0) } }
    }

    /// Everything wrong with the file, for keys of a type; nil where the type is not known.
    package func faults(for type: KeyType?) -> [RequestFault] {
        func fault(_ message: String) -> RequestFault { RequestFault(field: "filterFile", message: message) }
        if let kind { return [fault(kind.message)] }
        let relevant = LineFault.allCases.filter {
            switch $0 {
            case .uuid: type == .uuid
            case .integer: type == .integer
            default: true
            }
        }
        let named = relevant.flatMap { wrong in faulty[wrong.rawValue].first.map { (line: $0, reason: wrong.reason) } }
        var faults = named.sorted { $0.line < $1.line }.map { fault("line \($0.line) \($0.reason)") }
        for wrong in relevant {
            let lines = faulty[wrong.rawValue]
            let more = lines.count - lines.first.count
            if more > 0 { faults.append(fault("and \(more) more such lines: each \(wrong.reason)")) }
        }
        if keys == 0, faults.isEmpty { faults.append(fault("filterFile holds no key")) }
        if keys > Self.keyLimit {
            faults.append(fault("filterFile must have at most \(Self.keyLimit) keys; it has \(keys)"))
        }
        return faults
    }

    private mutating func look(at bytes: UnsafeRawBufferPointer) {
        guard kind == nil, head.count < FileKind.headBytes else { return }
        head += bytes.prefix(FileKind.headBytes - head.count)
        if head.count >= FileKind.signatureBytes { kind = FileKind(head: head) }
    }

    private mutating func extend(_ piece: UnsafeRawBufferPointer) {
        if partial.count + piece.count > Self.lineLimit { isOverlong = true }
        if !isOverlong { partial.append(contentsOf: piece) }
    }

    private mutating func takePartial(into output: inout [UInt8]) {
        if isOverlong {
            line += 1
            add(.overlong)
        } else {
            let whole = partial
            whole.withUnsafeBytes { take($0, into: &output) }
        }
        partial.removeAll(keepingCapacity: true)
        isOverlong = false
    }

    private mutating func add(_ fault: LineFault) {
        faulty[fault.rawValue].count += 1
        if faulty[fault.rawValue].first.count < Self.namedFaults { faulty[fault.rawValue].first.append(line) }
    }

    /// One line without its LF.
    private mutating func take(_ whole: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        line += 1
        if whole.count > Self.lineLimit { return add(.overlong) }
        let key = KeyLine.trimmed(whole)
        if key.isEmpty { return }
        if key.count > Self.lengthLimit { return add(.overlong) }
        let marks = Self.marks(in: key)
        if marks.control { return add(.control) }
        guard let text = String(validating: key, as: UTF8.self) else { return add(.encoding) }
        keys += 1
        guard keys <= Self.keyLimit else { return }
        if !KeyType.uuid.accepts(text) { add(.uuid) }
        if !KeyType.integer.accepts(text) { add(.integer) }
        if marks.backslash {
            for byte in key {
                if byte == UInt8(ascii: "\\") { output.append(byte) }
                output.append(byte)
            }
        } else {
            output.append(contentsOf: key)
        }
        output.append(0x09)
        output.append(contentsOf: String(line).utf8)
        output.append(0x0A)
    }

    /// Whether a key holds a control character, which no key does and a mistaken file (a spreadsheet, a PDF) does, and
    /// whether it holds a character that COPY's text format escapes.
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
