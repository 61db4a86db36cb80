import JSON
import Testing

struct JSONValueTests {
    @Test func `keeps the order of members and the text of numbers`() throws {
        let text = #"{"z":1.10,"a":9007199254740993,"m":1E+2}"#
        let value = try JSON.parse(text)
        #expect(value.object?.keys == ["z", "a", "m"])
        #expect(value["a"]?.int == 9_007_199_254_740_993)
        #expect(value.text == text)
    }

    @Test(
        arguments: [
            ("0", 0), ("-1", -1), ("9223372036854775807", .max), ("9223372036854775808", nil), ("1.0", nil),
            ("1e3", nil),
            ("\"1\"", nil), ("true", nil),
        ] as [(String, Int?)])
    func `only an integer literal that fits is an Int`(_ text: String, _ value: Int?) throws {
        #expect(try JSON.parse(text).int == value)
    }

    @Test func `accessors give nil for another kind`() throws {
        #expect(JSON.string("1").int == nil)
        #expect(JSON.null.string == nil && JSON.null.isNull)
        #expect(JSON.bool(true).bool == true && JSON.int(1).bool == nil)
        #expect(JSON.array([1]).array == [1] && JSON.array([]).object == nil)
        #expect(JSON.string("x")["x"] == nil)
    }

    @Test func `setting a member keeps its place`() {
        var object: JSON.Object = ["a": 1, "b": 2]
        object["a"] = "one"
        object["c"] = nil
        object["d"] = [true, nil]
        object["b"] = JSON?.none
        #expect(JSON.object(object).text == #"{"a":"one","d":[true,null]}"#)
    }

    @Test func `resolves every escape`() throws {
        let value = try JSON.parse(#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#)
        #expect(value.string.map { Array($0.unicodeScalars) } == Array("\"\\/\u{8}\u{C}\n\r\té😀".unicodeScalars))
    }

    @Test func `writes compact text and escapes only what must be`() {
        let value: JSON = [
            "a": "q\" b\\ s/ \u{1}\u{1F}\n\r\t\u{8}\u{C}\u{7F}é😀\u{2028}", "b": [nil, false, -7, []], "c": [:],
        ]
        let expected =
            #"{"a":"q\" b\\ s/ \u0001\u001f\n\r\t\b\f"# + "\u{7F}é😀\u{2028}" + #"","b":[null,false,-7,[]],"c":{}}"#
        #expect(value.text == expected)
    }

    @Test func `what is written is read back the same`() throws {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<500 {
            let value = JSON.random(depth: 4, using: &generator)
            #expect(try JSON.parse(value.serialized, limits: .stored) == value)
        }
    }

    @Test func `no mangled text makes the parser trap`() {
        var generator = SeededGenerator(state: 11)
        for _ in 0..<2_000 {
            var bytes = JSON.random(depth: 4, using: &generator).serialized
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let value = try? JSON.parse(bytes, limits: .stored) else { continue }
            #expect((try? JSON.parse(value.serialized, limits: .stored)) == value)
        }
    }
}

/// SplitMix64, so that a failing case comes again.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension JSON {
    fileprivate static func random(depth: Int, using generator: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .int(Int.random(in: .min ... .max, using: &generator))
        case 3: return .number("-0.5e+7")
        case 4: return .string(randomText(using: &generator))
        case 5:
            return .array(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            var object = JSON.Object()
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                object[randomText(using: &generator)] = random(depth: depth - 1, using: &generator)
            }
            return .object(object)
        }
    }

    private static func randomText(using generator: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            let bound: UInt32 = Bool.random(using: &generator) ? 0x7F : 0x1_F9FF
            if let scalar = Unicode.Scalar(UInt32.random(in: 0...bound, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
