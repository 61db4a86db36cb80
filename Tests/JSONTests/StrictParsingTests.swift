import JSON
import Testing

/// What the parser takes and refuses, RFC 8259 clause by clause. Bytes are used where the text is no valid UTF-8.
struct StrictParsingTests {
    @Test(arguments: [
        "[]", "{}", " [ ] ", "\t\n\r{ }\n", "0", "-0", "1", "-1", "10", "1.5", "0.0", "1e3", "1E3", "1e+3", "1e-3",
        "0e1",
        "-0.0e-0", "123456789012345678901234567890", "true", "false", "null", "\"\"", "\"a\"", "[1,2]", "[[],[[]],{}]",
        "{\"a\":1,\"b\":[{\"c\":null}]}", "{\"\":0}", "[1 , 2]", "{\"a\" : 1}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u00e9\"", "\"\\uD83D\\uDE00\"", "\"\u{7F}\"", "\"é😀\u{2028}\u{FFFE}\"", "\"/\"",
    ])
    func `accepts what the grammar allows`(_ text: String) throws {
        _ = try JSON.parse(text)
    }

    @Test(
        arguments: [
            ("", .empty), (" \n", .empty), ("[", .unexpectedEnd), ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd),
            ("{", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd),
            ("{\"a\":1", .unexpectedEnd),
            ("\"a", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\u12", .unexpectedEnd), ("tru", .unexpectedEnd),
            ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1,,2]", .unexpectedByte),
            ("[\"\",]", .unexpectedByte),
            ("{\"a\":1,}", .unexpectedByte), ("{\"id\":0,}", .unexpectedByte), ("{,}", .unexpectedByte),
            ("{a:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte), ("['a']", .unexpectedByte),
            ("{1:1}", .unexpectedByte),
            ("{\"a\" 1}", .unexpectedByte), ("{\"a\"::1}", .unexpectedByte), ("[1 2]", .unexpectedByte),
            ("[1}", .unexpectedByte),
            ("{\"a\":1]", .unexpectedByte), ("/* c */ 1", .unexpectedByte), ("// c\n1", .unexpectedByte),
            ("#", .unexpectedByte),
            ("[1/**/]", .unexpectedByte), ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte),
            ("True", .unexpectedByte),
            ("nul1", .unexpectedByte), ("+1", .unexpectedByte), (".5", .unexpectedByte), ("\u{A0}1", .unexpectedByte),
            ("\u{0C}1", .unexpectedByte), ("\u{2060}[]", .unexpectedByte), ("１", .unexpectedByte),
            ("[\u{0}]", .unexpectedByte),
            ("01", .invalidNumber), ("-01", .invalidNumber), ("-", .invalidNumber), ("-Infinity", .invalidNumber),
            ("1.", .invalidNumber), ("1.e1", .invalidNumber), ("1e", .invalidNumber), ("1e+", .invalidNumber),
            ("-.5", .invalidNumber), ("00", .invalidNumber), ("[1eE2]", .invalidNumber), ("[0.1.2]", .unexpectedByte),
            ("0x1", .trailingText), ("1 2", .trailingText), ("{}}", .trailingText), ("[]x", .trailingText),
            ("nulll", .trailingText), ("\"a\"\"b\"", .trailingText), ("1\u{0}", .trailingText),
            ("\"\\a\"", .invalidEscape), ("\"\\x41\"", .invalidEscape), ("\"\\U0041\"", .invalidEscape),
            ("\"\\u00g0\"", .invalidEscape), ("\"\\\u{0}\"", .invalidEscape), ("\"\\u 041\"", .invalidEscape),
            ("\"\\ud800\"", .loneSurrogate), ("\"\\udc00\"", .loneSurrogate), ("\"\\ud800x\"", .loneSurrogate),
            ("\"\\ud800\\n\"", .loneSurrogate), ("\"\\ud800\\u0041\"", .loneSurrogate),
            ("\"\\udc00\\ud800\"", .loneSurrogate),
            ("\"\\ud800\\ud800\"", .loneSurrogate), ("\"a\tb\"", .controlCharacter), ("\"a\nb\"", .controlCharacter),
            ("\"\u{0}\"", .controlCharacter), ("\"\u{1F}\"", .controlCharacter), ("\"\\u0000\"", .nul),
            ("{\"\\u0000\":1}", .nul),
            ("{\"a\":1,\"a\":1}", .duplicateKey), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey),
            ("[{\"b\":{\"a\":1,\"a\":2}}]", .duplicateKey), ("{\"\u{E9}\":1,\"e\u{301}\":2}", .duplicateKey),
            ("\u{FEFF}{}", .byteOrderMark),
        ] as [(String, JSONError.Code)])
    func `refuses what the grammar does not allow`(_ text: String, _ code: JSONError.Code) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
        #expect(error?.code == code)
    }

    @Test(
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xE0, 0x80, 0x80, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22],
            [0x22, 0x5C, 0x6E, 0xE9, 0x22],
        ] as [[UInt8]])
    func `refuses bytes that are not UTF-8`(_ bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(bytes) }
        #expect(error == JSONError(.invalidUTF8, at: 0))
    }

    @Test(
        arguments: [
            [0xFF, 0xFE, 0x31, 0x00], [0xFE, 0xFF, 0x00, 0x31], [0xEF, 0xBB, 0xBF, 0x31],
        ] as [[UInt8]])
    func `refuses a byte order mark of any encoding`(_ bytes: [UInt8]) {
        #expect(throws: JSONError(.byteOrderMark, at: 0)) { try JSON.parse(bytes) }
    }

    @Test func `finds a duplicate among many keys`() {
        let members = (0..<40).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(throws: Never.self) { try JSON.parse("{\(members)}") }
        let error = #expect(throws: JSONError.self) { try JSON.parse("{\(members),\"k3\":0}") }
        #expect(error?.code == .duplicateKey)
    }

    @Test func `an error tells where and nothing of the text`() {
        let error = #expect(throws: JSONError.self) { try JSON.parse("{\"secret\": oops}") }
        #expect(error == JSONError(.unexpectedByte, at: 11))
        #expect(error?.description == "unexpected character (at byte 11)")
    }
}
