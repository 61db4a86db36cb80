import JSON
import Testing

struct JSONLimitsTests {
    private func code(_ text: String, _ limits: JSONLimits = .request) -> JSONError.Code? {
        do throws(JSONError) {
            _ = try JSON.parse(text, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `64 levels are read and 65 are not`() {
        #expect(code(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == nil)
        #expect(code(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)) == .tooDeep)
        #expect(code(String(repeating: "[{\"a\":", count: 33)) == .tooDeep)
    }

    @Test func `depth counts levels and not brackets`() {
        #expect(code("[" + Array(repeating: "[]", count: 200).joined(separator: ",") + "]") == nil)
    }

    @Test func `a hundred thousand brackets cost no stack`() {
        #expect(code(String(repeating: "[", count: 100_000)) == .tooDeep)
        #expect(code(String(repeating: "[", count: 100_000), .stored) == .tooDeep)
    }

    @Test func `a string is measured after its escapes are resolved`() {
        let limits = JSONLimits(depth: 1, stringBytes: 4, arrayCount: 1, memberCount: 1, numberBytes: 4)
        #expect(code("\"abcd\"", limits) == nil)
        #expect(code("\"abcde\"", limits) == .stringTooLong)
        #expect(code("\"\\u0061\\u0062\\n\\t\"", limits) == nil)
        #expect(code("\"\\uD83D\\uDE00x\"", limits) == .stringTooLong)
        #expect(code("{\"abcde\":1}", limits) == .stringTooLong)
    }

    @Test func `elements, members and digits are counted`() {
        let limits = JSONLimits(depth: 2, stringBytes: 9, arrayCount: 2, memberCount: 2, numberBytes: 3)
        #expect(code("[1,2]", limits) == nil)
        #expect(code("[1,2,3]", limits) == .tooManyElements)
        #expect(code("{\"a\":1,\"b\":2}", limits) == nil)
        #expect(code("{\"a\":1,\"b\":2,\"c\":3}", limits) == .tooManyMembers)
        #expect(code("123", limits) == nil)
        #expect(code("1234", limits) == .numberTooLong)
        #expect(code(String(repeating: "9", count: 1_000_000)) == .numberTooLong)
    }

    @Test func `stored text may hold U+0000 in a string`() throws {
        #expect(code("\"\\u0000\"", .stored) == nil)
        #expect(try JSON.parse("\"a\\u0000\"", limits: .stored) == .string("a\0"))
    }
}
