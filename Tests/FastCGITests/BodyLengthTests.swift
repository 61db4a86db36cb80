import Testing

@testable import FastCGI

@Suite struct BodyLengthTests {
    @Test(
        arguments: [
            (nil, .none), ("", .none), ("0", .bytes(0)), ("1", .bytes(1)), ("1000", .bytes(1000)),
            ("1001", .tooLarge), ("-1", .unknown), ("9223372036854775807", .tooLarge),
        ] as [(String?, BodyLength)])
    func `a length up to the limit is read, and no more`(announced: String?, expected: BodyLength) {
        #expect(BodyLength(announced, limit: 1000) == expected)
    }

    @Test(arguments: ["-2", "x", "1x", " 1", "1 ", "1,1", "0x10", "1.0", "9223372036854775808", "\u{661}"])
    func `a request that announces no number is cut`(announced: String) {
        #expect(BodyLength(announced, limit: 1000) == .invalid)
    }
}
