import Coding
import Support

/// The inputs of one target, each a line of `Tests/Fuzz/corpus/<name>`; bytes that are not printable ASCII, and the
/// backslash, are `\xHH` there.
struct Corpus {
    let inputs: [[UInt8]]

    init(_ name: String) throws {
        let bytes = try Shell.output(["cat", "\(TestRun.source)/Tests/Fuzz/corpus/\(name)"])
        inputs = try bytes.split(separator: UInt8(ascii: "\n")).map { try Self.input(Array($0)) }
    }

    private static func input(_ line: [UInt8]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = line[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard rest.popFirst() == UInt8(ascii: "x"), let code = Hexadecimal.decode(rest.prefix(2)) else {
                throw Unmet("no \\xHH in \(line)")
            }
            bytes += code
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    static func line(of input: [UInt8]) -> String {
        input.map { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
                ? String(UnicodeScalar(byte)) : "\\x\([byte].hexadecimal)"
        }.joined()
    }

    /// One to four changes: bytes that are set, taken away, repeated, or brought from another input.
    func changed(_ input: [UInt8], using random: inout SplitMix64) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, at + Int.random(in: 1...16, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1 where at < bytes.count: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
            case 2: bytes.insert(Self.odd.randomElement(using: &random) ?? 0, at: at)
            case 3: bytes.removeSubrange(at..<end)
            case 4: bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
            default:
                let other = inputs.randomElement(using: &random) ?? []
                bytes = Array(bytes[..<at]) + other.dropFirst(Int.random(in: 0...other.count, using: &random))
            }
        }
        return Array(bytes.prefix(4096))
    }

    private static let odd = Array("\0\t\n\r \"%&'+,-.0:;<=>@[\\]_{|}\u{7F}é😀".utf8) + [0x80, 0xFF, 0xC0]
}
