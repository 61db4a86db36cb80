import HTTP
import Testing

struct ContentDispositionTests {
    @Test(
        arguments: [
            (
                "delivery-orders-2026-05-07.csv",
                "attachment; filename=\"delivery-orders-2026-05-07.csv\"; filename*=UTF-8''delivery-orders-2026-05-07.csv"
            ),
            ("a b,c;d.csv", "attachment; filename=\"a b,c;d.csv\"; filename*=UTF-8''a%20b%2Cc%3Bd.csv"),
            ("a\r\nSet-Cookie: x", "attachment; filename=\"aSet-Cookie: x\"; filename*=UTF-8''aSet-Cookie%3A%20x"),
            ("a\"b", "attachment; filename=\"a_b\"; filename*=UTF-8''a%22b"),
            ("50%41.csv", "attachment; filename=\"50_41.csv\"; filename*=UTF-8''50%2541.csv"),
            ("../x", "attachment; filename=\"_x\"; filename*=UTF-8''_x"),
            ("a/b\\c", "attachment; filename=\"a_b_c\"; filename*=UTF-8''a_b_c"),
            ("CON", "attachment; filename=\"_CON\"; filename*=UTF-8''_CON"),
            ("lpt1.csv", "attachment; filename=\"_lpt1.csv\"; filename*=UTF-8''_lpt1.csv"),
            ("console.csv", "attachment; filename=\"console.csv\"; filename*=UTF-8''console.csv"),
            ("com10.csv", "attachment; filename=\"com10.csv\"; filename*=UTF-8''com10.csv"),
            ("é😀", "attachment; filename=\"__\"; filename*=UTF-8''%C3%A9%F0%9F%98%80"),
            ("Årsrapport.xlsx", "attachment; filename=\"_rsrapport.xlsx\"; filename*=UTF-8''%C3%85rsrapport.xlsx"),
            ("invoice\u{202E}vsc.exe", "attachment; filename=\"invoicevsc.exe\"; filename*=UTF-8''invoicevsc.exe"),
            (
                "a\u{2066}b\u{200F}c\u{2028}d\u{7F}e\u{85}f\0g",
                "attachment; filename=\"abcdefg\"; filename*=UTF-8''abcdefg"
            ),
            ("", "attachment; filename=\"download\"; filename*=UTF-8''download"),
            ("...", "attachment; filename=\"download\"; filename*=UTF-8''download"),
            (".htaccess", "attachment; filename=\"htaccess\"; filename*=UTF-8''htaccess"),
            ("\u{202E}", "attachment; filename=\"download\"; filename*=UTF-8''download"),
        ])
    func `names a download`(_ name: String, _ value: String) {
        #expect(ContentDisposition.attachment(fileName: name) == value)
    }

    @Test func `a long name is cut before its extension`() {
        let value = ContentDisposition.attachment(fileName: String(repeating: "a", count: 300) + ".xlsx")
        let fallback = "filename=\"" + String(repeating: "a", count: 115) + ".xlsx\""
        let full = "filename*=UTF-8''" + String(repeating: "a", count: 195) + ".xlsx"
        #expect(value == "attachment; \(fallback); \(full)")
        let wide = ContentDisposition.attachment(fileName: String(repeating: "é", count: 300))
        #expect(wide.hasSuffix("filename*=UTF-8''" + String(repeating: "%C3%A9", count: 100)))
    }

    @Test func `whatever the name holds, the header is one line of ASCII`() throws {
        var generator = SeededGenerator(state: 3)
        for _ in 0..<2_000 {
            var name = ""
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                let bound: UInt32 = Bool.random(using: &generator) ? 0x7F : 0x2FFF
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...bound, using: &generator)) {
                    name.unicodeScalars.append(scalar)
                }
            }
            let value = ContentDisposition.attachment(fileName: name)
            #expect(value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            #expect(value.utf8.filter { $0 == UInt8(ascii: "\"") }.count == 2)
            #expect(!value.contains("/") && !value.contains("\\") && !value.contains("filename=\"\""))
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
