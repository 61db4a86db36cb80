import Coding
import HTTP
import Testing

struct QueryTests {
    @Test func `decodes names and values and keeps their order`() throws {
        let query = try Query(parsing: "tenant_id=a%20b+c&empty=&flag&%C3%A9=%F0%9F%98%80&eq=a=b")
        #expect(query.names == ["tenant_id", "empty", "flag", "é", "eq"])
        #expect(query["tenant_id"] == "a b c")
        #expect(query["empty"] == "" && query["flag"] == "" && query["none"] == nil)
        #expect(query["é"] == "😀")
        #expect(query["eq"] == "a=b")
    }

    @Test func `an empty query and empty pairs hold nothing`() throws {
        #expect(try Query(parsing: "").names.isEmpty)
        #expect(try Query(parsing: "&a=1&&").names == ["a"])
    }

    @Test(
        arguments: [
            ("a=1&a=2", .duplicate("a")), ("a=1&%61=1", .duplicate("a")), ("a=%", .invalidEscape),
            ("a=%4", .invalidEscape),
            ("a=%zz", .invalidEscape), ("a=%+1", .invalidEscape), ("a=%ff", .invalidUTF8), ("a=%c0%af", .invalidUTF8),
            ("a=%ed%a0%80", .invalidUTF8), ("a=%00", .nul), ("%00=a", .nul), ("=1", .emptyName), ("=", .emptyName),
        ] as [(String, QueryError)])
    func `refuses what two readers could read differently`(_ text: String, _ error: QueryError) {
        #expect(throws: error) { try Query(parsing: text) }
    }

    @Test func `refuses a long query and many parameters`() {
        #expect(throws: QueryError.tooLong) { try Query(parsing: "a=" + String(repeating: "x", count: 8_191)) }
        let many = (0...100).map { "p\($0)=" }.joined(separator: "&")
        #expect(throws: QueryError.tooManyParameters) { try Query(parsing: many) }
    }

    @Test func `names a parameter that is not known`() throws {
        let query = try Query(parsing: "page=1&pgae=2")
        #expect(throws: QueryError.unknown("pgae")) { try query.refuseNames(besides: ["page", "limit"]) }
        #expect(throws: Never.self) { try query.refuseNames(besides: ["page", "pgae"]) }
    }

    @Test func `writes a query that is read back the same`() throws {
        let text = Query.text([("tenant id", "a&b=c d+é%"), ("none", nil), ("page", "2")])
        #expect(text == "tenant%20id=a%26b%3Dc%20d%2B%C3%A9%25&page=2")
        let query = try Query(parsing: text)
        #expect(query["tenant id"] == "a&b=c d+é%" && query["page"] == "2")
    }

    @Test func `only ASCII digits are a number`() {
        #expect(Int(decimalDigits: "0") == 0 && Int(decimalDigits: "20") == 20)
        for text in ["", " 1", "1 ", "+1", "-1", "1e3", "١", "１", "0x1", "9223372036854775808", "1_0"] {
            #expect(Int(decimalDigits: text) == nil)
        }
    }
}
