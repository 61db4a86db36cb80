import Postgres
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

    @Test func `line ends, a byte order mark and empty lines are of the file and not of the keys`() throws {
        let text = "\u{FEFF}A-1\r\nB 2\n\n\r\n c \nå\\N\nA-1\r\nlast"
        for step in [1, 2, 3, 5, 7, Int.max] {
            let (kept, reader) = try read(text, step: step)
            #expect(kept == "A-1\nB 2\n c \nå\\\\N\nA-1\nlast\n")
            #expect(reader.keys == 6 && reader.faults(for: .text).isEmpty)
        }
    }

    @Test func `every faulty line is told with its number, the first twenty one by one`() throws {
        let long = String(repeating: "x", count: 1001)
        var bytes = Array("ok\n\(long)\ntab\there\n".utf8) + [0xFF, 0x0A, 0xC3, 0x0A] + Array("nul\u{0}\n\(long)".utf8)
        for step in [1, 100, Int.max] {
            let (kept, reader) = try read(bytes, step: step)
            #expect(kept == "ok\n")
            #expect(
                reader.faults(for: .text).map(\.message) == [
                    "line 2 is longer than 1000 bytes", "line 3 holds a control character", "line 4 is not UTF-8",
                    "line 5 is not UTF-8", "line 6 holds a control character", "line 7 is longer than 1000 bytes",
                ])
            #expect(reader.faults(for: .text).allSatisfy { $0.field == "filterFile" })
        }
        bytes = Array(String(repeating: "\t\n", count: 523).utf8)
        let faults = try read(bytes).reader.faults(for: nil)
        #expect(faults.count == 21 && faults.last?.message == "and 503 more such lines")
    }

    @Test func `keys must be of the column's type, whichever it turns out to be`() throws {
        let uuid = "0192f3c4-9a52-7bd1-8f6e-0b6d8f1c21e5"
        let reader = try read("\(uuid)\n17\n-9223372036854775808\n9223372036854775808\n+1\n01\nx\n").reader
        #expect(reader.faults(for: .text).isEmpty)
        #expect(
            reader.faults(for: .uuid).map(\.message)
                == [2, 3, 4, 5, 6, 7].map { "line \($0) must be a UUID" })
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
                select (array_agg(t."delivery_code"))[1] as key from "public"."delivery_orders" t with no data
                """)
        #expect(
            filter.count.parameterized.text == """
                select count(*) as distinct_keys, count(*) filter (where m.key is null) as unmatched_keys
                from (select distinct key from pg_temp.penstock_filter_keys) k
                left join (
                    select distinct t."delivery_code" as key from "public"."delivery_orders" t where t."tenant_id" = $1 \
                and t."delivery_code" in (select k.key from pg_temp.penstock_filter_keys k)
                ) m on m.key = k.key
                """)
        #expect(try CompilerTests.compile("").filter == nil)
    }
}
