import Coding
import Testing

@Suite struct HexadecimalTests {
    @Test func `every byte is two lower-case digits, and comes back from digits of either case`() {
        let all = Array(UInt8.min...UInt8.max)
        let text = all.hexadecimal
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text.utf8.count == 512)
        #expect(Hexadecimal.decode(text) == all)
        #expect(Hexadecimal.decode(text.uppercased()) == all)
        #expect([UInt8]().hexadecimal == "" && Hexadecimal.decode("") == [])
        #expect(all.prefix(16).map { Hexadecimal.upperDigit($0) } == Array("0123456789ABCDEF".utf8))
    }

    @Test(arguments: ["0", "abc", "0g", "g0", "0x10", " 00", "00 ", "é", "٠٠", "/0", ":0", "@0", "`0"])
    func `refuses what is no row of pairs of digits`(_ text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }
}

@Suite struct Base64Tests {
    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `writes and reads the vectors of the RFC`(_ plain: String, _ text: String) {
        #expect(Base64.encode(plain.utf8, .standard) == text)
        #expect(Base64.decode(text, .standard) == Array(plain.utf8))
        let unpadded = text.replacing("=", with: "")
        #expect(Base64.encode(plain.utf8, .url) == unpadded)
        #expect(Base64.decode(unpadded, .url) == Array(plain.utf8))
    }

    @Test func `the alphabets differ in two digits`() {
        #expect(Base64.encode([0xFB, 0xFF], .standard) == "+/8=" && Base64.encode([0xFB, 0xFF], .url) == "-_8")
        #expect(Base64.decode("-_8=", .standard) == nil && Base64.decode("+/8", .url) == nil)
    }

    @Test(arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "====", "Z===", "Zg==Zg=="])
    func `there is no second text for the same bytes`(_ text: String) {
        #expect(Base64.decode(text, .standard) == nil)
    }
}

@Suite struct PercentCodingTests {
    @Test func `each alphabet keeps its own characters`() {
        let text = "a b/ü~*'&+%"
        #expect(PercentCoding.encode(text) == "a%20b%2F%C3%BC~%2A%27%26%2B%25")
        #expect(PercentCoding.encode(text, keeping: .path) == "a%20b/%C3%BC~%2A%27%26%2B%25")
        #expect(PercentCoding.encode(text, keeping: .attribute) == "a%20b%2F%C3%BC~%2A%27&+%25")
    }

    @Test func `what was encoded is decoded, and a plus is a space only in a query`() {
        let all = String(decoding: 1...127 as ClosedRange<UInt8>, as: UTF8.self) + "é€😀"
        for alphabet in [PercentCoding.Alphabet.unreserved, .path, .attribute] {
            let encoded = PercentCoding.encode(all, keeping: alphabet)
            #expect(PercentCoding.decode(Array(encoded.utf8), plusIsSpace: false) == Array(all.utf8))
        }
        #expect(PercentCoding.decode(Array("a+b%2B".utf8), plusIsSpace: true) == Array("a b+".utf8))
        #expect(PercentCoding.decode(Array("a+b".utf8), plusIsSpace: false) == Array("a+b".utf8))
    }

    @Test(arguments: ["%", "%2", "%2g", "%%20", "a%"])
    func `refuses an escape that is cut or has other characters`(_ text: String) {
        #expect(PercentCoding.decode(Array(text.utf8), plusIsSpace: false) == nil)
    }
}
