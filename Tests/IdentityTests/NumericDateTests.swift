import JSON
import Testing
import Time

@testable import Identity

/// RFC 7519 section 2: a NumericDate is any JSON number.
struct NumericDateTests {
    @Test(
        arguments: [
            ("4102444800", 4_102_444_800, 0), ("4102444800.336421", 4_102_444_800, 336_421),
            ("4.1024448E9", 4_102_444_800, 0), ("4102444800e0", 4_102_444_800, 0),
            ("1.688117968E9", 1_688_117_968, 0), ("1688117968.5", 1_688_117_968, 500_000),
            ("16881179685e-1", 1_688_117_968, 500_000), ("41024448e+2", 4_102_444_800, 0), ("0", 0, 0), ("-0", 0, 0),
            ("-0.0e99", 0, 0), ("0.9999999999", 0, 999_999), ("0.0000001", 0, 0), ("1e-400", 0, 0),
            ("1e-99999999999999999999", 0, 0),
            ("0.000000000000000000001e21", 1, 0), ("9007199254740991", 9_007_199_254_740_991, 0),
            ("9007199254740991.999", 9_007_199_254_740_991, 999_000),
        ] as [(String, Int64, Int64)])
    func `any JSON number is a time, cut to microseconds`(_ text: String, _ seconds: Int64, _ micros: Int64) throws {
        let date = try #require(NumericDate(.number(text)))
        #expect(date.seconds == seconds && date.microseconds == micros)
    }

    @Test(arguments: [
        "1e400", "1e16", "9007199254740992", "99999999999999999999", "-1", "-0.5", "-1e-400", "1e99999999999999999999",
    ])
    func `too late a time and one before the epoch are none`(_ text: String) {
        #expect(NumericDate(.number(text)) == nil)
    }

    @Test(arguments: ["4102444800", nil, true, [4_102_444_800], ["a": 1]] as [JSON])
    func `what is no number is no time`(_ value: JSON) {
        #expect(NumericDate(value) == nil)
    }

    @Test func `a fraction is never rounded up`() throws {
        let edge = NumericDate(testTime)
        #expect(try #require(NumericDate(.number("\(testTime.seconds).000000"))) == edge)
        #expect(try #require(NumericDate(.number("\(testTime.seconds).0000009"))) == edge)
        #expect(try #require(NumericDate(.number("\(testTime.seconds - 1).9999999"))) < edge)
        // With the minute of skew that clocks may be apart.
        let over = try token(claims([("exp", .number("\(testTime.seconds - 61).9999999"))]))
        let last = try token(claims([("exp", .number("\(testTime.seconds - 60).5"))]))
        #expect(try outcome(over) == .failure(.expired))
        #expect(throws: Never.self) { try outcome(last).get() }
        let early = try token(claims([("nbf", .number("\(testTime.seconds + 60).5"))]))
        #expect(try outcome(early) == .failure(.notYetValid))
    }
}
