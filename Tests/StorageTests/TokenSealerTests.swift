import Coding
import Posix
import Storage
import Testing

@Suite struct `Sealed tokens` {
    private static let newKey = "new " + String(repeating: "a1", count: 32)
    private static let oldKey = "old " + String(repeating: "b2", count: 32)
    private let bytes = Array("twenty-four bytes in all".utf8)

    private static func sealer(_ lines: String...) throws -> TokenSealer {
        TokenSealer(try KeyRing(parsing: Array(lines.joined(separator: "\n").utf8)))
    }

    @Test func `open where they were made, and are the same each time`() throws {
        let sealer = try Self.sealer(Self.newKey)
        let token = try sealer.seal(bytes, for: .report, context: ["acme"])
        #expect(try token == sealer.seal(bytes, for: .report, context: ["acme"]))
        #expect(sealer.open(token, for: .report, context: ["acme"]) == bytes)
        #expect(
            token.utf8.count == 70
                && token.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-_".utf8.contains($0) })
    }

    @Test func `do not open in another context, for another purpose or with another key`() throws {
        let sealer = try Self.sealer(Self.newKey)
        let token = try sealer.seal(bytes, for: .report, context: ["acme", "x"])
        for context in [["acme"], ["acme", "y"], ["acmex"], ["acme", "x", ""], ["x", "acme"], ["acm", "ex"], []] {
            #expect(sealer.open(token, for: .report, context: context) == nil, "\(context)")
        }
        #expect(sealer.open(token, for: .cursor, context: ["acme", "x"]) == nil)
        #expect(try Self.sealer(Self.oldKey).open(token, for: .report, context: ["acme", "x"]) == nil)
    }

    @Test func `do not open when any bit has changed`() throws {
        let sealer = try Self.sealer(Self.newKey)
        let token = try sealer.seal(bytes, for: .report, context: ["acme"])
        let raw = try #require(Base64.decode(token, .url))
        for bit in 0..<(raw.count * 8) {
            var changed = raw
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(sealer.open(Base64.encode(changed, .url), for: .report, context: ["acme"]) == nil, "bit \(bit)")
        }
        for text in [
            "", "A", token + "A", String(token.dropLast()), token + "=", " " + token,
            String(repeating: "A", count: 9999),
        ] {
            #expect(sealer.open(text, for: .report, context: ["acme"]) == nil, "\(text.prefix(80))")
        }
    }

    @Test func `outlive a change of keys until their key is taken out`() throws {
        let old = try Self.sealer(Self.oldKey).seal(bytes, for: .report, context: ["acme"])
        let both = try Self.sealer(Self.newKey, Self.oldKey)
        #expect(both.open(old, for: .report, context: ["acme"]) == bytes)
        #expect(try both.seal(bytes, for: .report, context: ["acme"]) != old)
        #expect(try Self.sealer(Self.newKey).open(old, for: .report, context: ["acme"]) == nil)
    }

    @Test func `of two different things have nothing in common`() throws {
        let sealer = try Self.sealer(Self.newKey)
        var nonces: Set<[UInt8]> = []
        for number in 0..<2000 {
            var changed = bytes
            changed[0] = UInt8(number % 256)
            changed[1] = UInt8(number / 256)
            let token = try sealer.seal(changed, for: .report, context: ["acme"])
            nonces.insert(Array(try #require(Base64.decode(token, .url)).prefix(12)))
        }
        #expect(nonces.count == 2000)
    }
}
