import Postgres
import SQLText
import Testing

@testable import Catalog

/// An uploaded list of keys, as it is read, and as it is looked into.
@Suite struct FilterFileTests {
    private func read(_ bytes: [UInt8], step: Int = .max) throws -> (kept: String, reader: FilterFileReader) {
        var reader = FilterFileReader()
        var kept: [UInt8] = []
        var from = 0
        while from < bytes.count {
            let to = step > bytes.count - from ? bytes.count : from + step
            try bytes[from..<to].withUnsafeBytes { try reader.read($0) { kept += $0 } }
            from = to
        }
        try reader.finish { kept += $0 }
        return (String(decoding: kept, as: UTF8.self), reader)
    }

    private func read(_ text: String, step: Int = .max) throws -> (kept: String, reader: FilterFileReader) {
        try read(Array(text.utf8), step: step)
    }

    /// The lines that are kept, of keys with the numbers of their lines.
    private static func kept(_ keys: (String, Int)...) -> String { keys.map { "\($0)\t\($1)\n" }.joined() }

    @Test func `line ends and empty lines are of the file and not of the keys`() throws {
        let text = "A-1\r\nB 2\n\n\r\nc\nå\\N\nA-1\r\nlast"
        for step in [1, 2, 3, 5, 7, Int.max] {
            let (kept, reader) = try read(text, step: step)
            #expect(
                kept == Self.kept(("A-1", 1), ("B 2", 2), ("c", 5), ("å\\\\N", 6), ("A-1", 7), ("last", 8)))
            #expect(reader.keys == 6 && reader.faults(for: .text).isEmpty)
        }
    }

    @Test(arguments: [
        " ", "\t", "\r", "\u{85}", "\u{A0}", "\u{AD}", "\u{1680}", "\u{180E}", "\u{2000}", "\u{2003}", "\u{200A}",
        "\u{200B}",
        "\u{200C}", "\u{200D}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{202A}", "\u{202E}", "\u{202F}", "\u{205F}",
        "\u{2060}",
        "\u{2066}", "\u{2069}", "\u{3000}", "\u{FEFF}",
    ])
    func `what cannot be seen at the ends of a line is not the key's, and inside it is`(_ mark: String) throws {
        let inside = mark == "\t" || mark == "\r" ? "ø x" : "ø\(mark)x"
        let text = "\u{FEFF}\(mark)A1\n\(mark) \(mark)\(inside)\(mark)\(mark) \n\(mark)\n \(mark)\né\(mark)\r\n\(mark)7"
        for step in [1, 2, 3, Int.max] {
            let (kept, reader) = try read(text, step: step)
            #expect(kept == Self.kept(("A1", 1), (inside, 2), ("é", 5), ("7", 6)))
            #expect(reader.faults(for: .text).isEmpty)
        }
        // Letters whose bytes end or begin as those do are no marks.
        let letters = "\u{2010}x\u{2027}\n\u{C0}\u{E0}\n\u{3001}\n\u{FEFC}\n\u{1681}\n\u{2070}"
        #expect(
            try read(letters).kept
                == Self.kept(
                    ("\u{2010}x\u{2027}", 1), ("\u{C0}\u{E0}", 2), ("\u{3001}", 3), ("\u{FEFC}", 4), ("\u{1681}", 5),
                    ("\u{2070}", 6)))
        let numbers = try read("\(mark)17\(mark)\n").reader
        #expect(numbers.faults(for: .integer).isEmpty && numbers.keys == 1)
    }

    @Test func `a file that is no text is told as what it is, once`() throws {
        func utf16(_ text: String, _ order: (UInt16) -> [UInt8], mark: Bool) -> [UInt8] {
            ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap(order)
        }
        let little = { (unit: UInt16) in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        let big = { (unit: UInt16) in [UInt8(unit >> 8), UInt8(unit & 0xFF)] }
        let text = "A1\r\nA2\r\nÅse\r\n" + String(repeating: "key\r\n", count: 40)
        let files: [([UInt8], String)] = [
            (utf16(text, little, mark: true), "filterFile is UTF-16"),
            (utf16(text, big, mark: true), "filterFile is UTF-16"),
            (utf16(text, little, mark: false), "filterFile is UTF-16"),
            (utf16(text, big, mark: false), "filterFile is UTF-16"),
            (utf16("A1", little, mark: true), "filterFile is UTF-16"),
            (utf16("鍵\n", big, mark: true), "filterFile is UTF-16"),
            (
                [0xFF, 0xFE, 0, 0] + text.unicodeScalars.flatMap { [UInt8($0.value & 0xFF), 0, 0, 0] },
                "filterFile is UTF-32"
            ),
            ([0x50, 0x4B, 3, 4] + [UInt8](repeating: 0x0A, count: 500), "filterFile is a workbook"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0x0A], "filterFile is a workbook or document"),
            ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "filterFile is compressed with gzip"),
            (Array("%PDF-1.7\n%\u{E2}\n".utf8), "filterFile is a PDF"),
        ]
        for (bytes, words) in files {
            for step in [1, 2, 7, Int.max] {
                let faults = try read(bytes, step: step).reader.faults(for: .integer)
                #expect(faults.count == 1 && faults[0].message.hasPrefix(words), "\(words): \(faults)")
            }
        }
        for text in ["PK\u{3}", "\u{FFFD}A1\n", "ÿþ\n", "%PDF"] {
            #expect(try !read(text).reader.faults(for: .text).contains { $0.message.contains("filterFile is") })
        }
    }

    @Test func `every faulty line is told with its number, the first five of a kind one by one`() throws {
        let long = String(repeating: "x", count: 1001)
        var bytes =
            Array("ok\n\(long)\ntab\there\n".utf8) + [0xFF, 0x0A, 0xC3, 0x0A] + Array("nul\u{0}x\n\(long)".utf8)
        for step in [1, 100, Int.max] {
            let (kept, reader) = try read(bytes, step: step)
            #expect(kept == Self.kept(("ok", 1)))
            #expect(
                reader.faults(for: .text).map(\.message) == [
                    "line 2 is longer than 1000 bytes", "line 3 holds a control character", "line 4 is not UTF-8",
                    "line 5 is not UTF-8", "line 6 holds a control character", "line 7 is longer than 1000 bytes",
                ])
            #expect(reader.faults(for: .text).allSatisfy { $0.field == "filterFile" })
        }
        bytes = Array(String(repeating: "\u{1}\n", count: 523).utf8) + [0xC3, 0x0A]
        let faults = try read(bytes).reader.faults(for: nil).map(\.message)
        #expect(
            faults == (1...5).map { "line \($0) holds a control character" } + [
                "line 524 is not UTF-8", "and 518 more such lines: each holds a control character",
            ])
        for step in [1, 100, Int.max] {
            let wide = String(repeating: " ", count: 990) + "key" + String(repeating: "\u{A0}", count: 400)
            #expect(try read(wide, step: step).kept == Self.kept(("key", 1)))
            #expect(
                try read(wide + wide, step: step).reader.faults(for: .text).map(\.message)
                    == ["line 1 is longer than 1000 bytes"])
        }
    }

    @Test func `keys must be of the column's type, whichever it turns out to be`() throws {
        let uuid = "0192f3c4-9a52-7bd1-8f6e-0b6d8f1c21e5"
        let reader = try read("\(uuid)\n17\n-9223372036854775808\n9223372036854775808\n+1\n01\nx\n").reader
        #expect(reader.faults(for: .text).isEmpty)
        #expect(
            reader.faults(for: .uuid).map(\.message)
                == [2, 3, 4, 5, 6].map { "line \($0) must be a UUID" } + [
                    "and 1 more such lines: each must be a UUID"
                ])
        #expect(
            reader.faults(for: .integer).map(\.message)
                == [1, 4, 5, 6, 7].map { "line \($0) must be an integer" })
    }

    @Test func `a list without keys, and one with too many, is refused`() throws {
        #expect(try read("").reader.faults(for: .text).map(\.message) == ["filterFile holds no key"])
        #expect(try read("\r\n\n").reader.faults(for: nil).map(\.message) == ["filterFile holds no key"])
        let million = Array(String(repeating: "1\n", count: FilterFileReader.keyLimit).utf8)
        #expect(try read(million).reader.faults(for: .integer).isEmpty)
        #expect(
            try read(million + [0x31]).reader.faults(for: .integer).map(\.message)
                == ["filterFile must have at most 1000000 keys; it has 1000001"])
    }

    @Test func `the list is looked into by a semi-join, and stands in no statement`() throws {
        let digest = String(repeating: "0f", count: 32)
        let export = try CompilerTests.compile("\"filterFile\":\"\(digest)\"")
        let rows = export.rows.parameterized
        #expect(
            rows.text == """
                select t."delivery_code", t."status"
                from "public"."delivery_orders" t
                where t."tenant_id" = $1
                  and t."delivery_code" in (select k.key from pg_temp.penstock_filter_keys k)
                order by t."created_at" desc, t."id" desc
                """)
        #expect(rows.binds == ["acme"])
        #expect(export.count.parameterized.text.contains("in (select k.key from pg_temp.penstock_filter_keys k)"))
        let filter = try #require(export.filter)
        #expect(
            filter.create.parameterized.text == """
                create temporary table penstock_filter_keys as
                select (array_agg(t."delivery_code"))[1] as key, null::integer as line from "public"."delivery_orders" t with no data
                """)
        #expect(
            filter.count.parameterized.text == """
                with k as (select key, min(line) as line from pg_temp.penstock_filter_keys group by key),
                u as (
                    select k.key, k.line
                    from k
                    left join (
                        select distinct t."delivery_code" as key from "public"."delivery_orders" t where t."tenant_id" = $1 \
                and t."delivery_code" in (select k.key from pg_temp.penstock_filter_keys k)
                    ) m on m.key = k.key
                    where m.key is null
                ),
                f as (select key::text as key, line from u order by line limit $2::bigint)
                select (select count(*) from k) as distinct_keys, (select count(*) from u) as unmatched_keys,
                    array(select key from f order by line) as first_keys,
                    array(select line from f order by line) as first_lines
                """)
        #expect(try CompilerTests.compile("").filter == nil)
    }
}
