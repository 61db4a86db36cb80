import JSON
import Testing

@testable import Service

@Suite struct LogTests {
    private static func value(_ text: String, beside others: Int = 0) throws -> String {
        let fields = [("a", JSON.string(text))] + (0..<others).map { ("b\($0)", JSON.string(text)) }
        let line = Log.line([("event", "e")], fields)
        #expect(line.count <= Log.longestLine && line.last == 0x0A)
        return try JSON.parse(Array(line.dropLast())).object?["a"]?.string ?? ""
    }

    @Test func `a value is cut by the length that it has in the line`() throws {
        #expect(try Self.value(String(repeating: "x", count: 512)) == String(repeating: "x", count: 512))
        #expect(try Self.value(String(repeating: "x", count: 513)) == String(repeating: "x", count: 512) + "…")
        // Six bytes each.
        #expect(try Self.value(String(repeating: "\u{1}", count: 600)) == String(repeating: "\u{1}", count: 85) + "…")
    }

    @Test func `no line is longer than a pipe takes at once, and no character is cut in two`() throws {
        #expect(try Self.value(String(repeating: "\u{1}", count: 600), beside: 20).hasSuffix("\u{1}…"))
        let cut = try Self.value(String(repeating: "ø", count: 600) + "x", beside: 11)
        #expect(cut.dropLast().allSatisfy { $0 == "ø" } && cut.count > 100)
    }
}
