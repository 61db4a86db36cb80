import JSON
import Support
import Testing

/// The bytes of a CSV file on the demo's rows written by hand: formulas, quotes, line breaks, NULL
/// beside the empty string, nine-digit amounts, clock changes.
@Suite(.waits) struct CSVRulesTests {
    /// Rows of 2 May 2026, by time: code, note, barcode, amount, discount.
    private static let edges: [[String?]] = [
        ["=1+1", "=1+1", "370000000000000042", "100.10", nil],
        ["+DEL", "-5", "370000000000000042", "100.10", nil],
        ["DEL,\"quoted\"", "\\.", "370000000000000042", "100.10", nil],
        ["DEL-BLANK", "", "0", "0.00", nil], ["DEL-NULL", nil, "370000000000000042", "100.10", nil],
        ["DEL-BREAKS", "\n\r\n\r,;\"\t\\\u{1}\u{7F}\u{FEFF}", "370000000000000042", "100.10", nil],
        ["DEL-ZWJ", "👩‍👩‍👧‍👦 🇳🇴 é", "370000000000000042", "100.10", nil],
    ]

    private static func request(_ more: [(String, JSON)] = []) -> JSON {
        var request: JSON = [
            "module": "delivery", "catalog": "delivery-orders", "format": "csv",
            "dateRange": ["from": "2026-05-02", "to": "2026-05-02"], "statuses": ["delivered"],
            "scope": ["type": "customer", "values": ["00000000-0000-4000-8000-000000000002"]],
            "columns": ["delivery_code", "note", "barcode", "amount", "discount"],
            "sort": [["field": "created_at", "direction": "asc"]],
        ]
        for (name, value) in more { request = request.setting(name, to: value) }
        return request
    }

    /// RFC 4180 as the contract has it, written a second time.
    private static func file(
        header: String?, delimiter: String = ",", guarded: Bool = true, decimal: String = ".", bom: Bool = false
    ) -> String {
        var text = (bom ? "\u{FEFF}" : "") + (header.map { $0 + "\r\n" } ?? "")
        for row in edges {
            text +=
                row.enumerated().map { column, value in
                    guard var value else { return "" }
                    if guarded, column < 2, let first = value.unicodeScalars.first,
                        "=+-@\t\r\n".unicodeScalars.contains(first)
                    {
                        value = "'" + value
                    }
                    if column >= 3 { value = value.replacingOccurrence(of: ".", with: decimal) }
                    let special = value.unicodeScalars.contains { "\"\r\n".unicodeScalars.contains($0) }
                    if special || value.contains(delimiter) || value.isEmpty {
                        return "\""
                            + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                            + "\""
                    }
                    return value
                }.joined(separator: delimiter) + "\r\n"
        }
        return text
    }

    private static let labels = "Delivery Code,Note,Barcode,Amount,Discount"

    private func exported(_ more: [(String, JSON)] = [], language: String? = nil) throws -> String {
        let (_, file) = try Stage.shared.client.export(Self.request(more))
        return String(decoding: file, as: UTF8.self)
    }

    /// Strings compare by canonical equivalence, and bytes are what this is about.
    private func expectBytes(_ given: String, _ wanted: String, _ source: SourceLocation = #_sourceLocation) {
        #expect(Array(given.utf8) == Array(wanted.utf8), "\(given.debugDescription)", sourceLocation: source)
    }

    @Test func `a plain export is RFC 4180 with labels, CRLF, guarded texts, and NULL unlike the empty string`() throws
    {
        expectBytes(try exported(), Self.file(header: Self.labels))
    }

    @Test(arguments: [";", "\t", "|"])
    func `another delimiter is used and quoted for`(_ delimiter: String) throws {
        let header = Self.labels.split(separator: ",").joined(separator: delimiter)
        expectBytes(
            try exported([("csv", ["delimiter": .string(delimiter)])]), Self.file(header: header, delimiter: delimiter))
    }

    @Test func `a byte order mark, keys as header and no header are there when asked for`() throws {
        expectBytes(try exported([("csv", ["bom": true])]), Self.file(header: Self.labels, bom: true))
        expectBytes(
            try exported([("csv", ["header": "key"])]), Self.file(header: "delivery_code,note,barcode,amount,discount"))
        expectBytes(try exported([("csv", ["header": "none"])]), Self.file(header: nil))
    }

    @Test func `without the formula guard texts stay as they are`() throws {
        expectBytes(
            try exported([("csv", ["formulaGuard": false])]), Self.file(header: Self.labels, guarded: false))
    }

    @Test func `the Norwegian locale writes semicolons and decimal commas`() throws {
        let header = Self.labels.split(separator: ",").joined(separator: ";")
        expectBytes(try exported([("locale", "nb-NO")]), Self.file(header: header, delimiter: ";", decimal: ","))
        // A delimiter that is asked for wins over the locale's; the decimal comma then needs quotes.
        #expect(try exported([("locale", "nb-NO"), ("csv", ["delimiter": ","])]).contains(#","100,10","#))
    }

    @Test func `labels come in the request's language`() throws {
        let stage = try Stage.shared
        let reply = try stage.client.post("/report/exports?language=nb", Self.request())
        let id = try #require(try reply.json["data"]?["id"]?.string)
        _ = try stage.client.job(id, reaching: "ready")
        #expect(try stage.client.file(id).text.hasPrefix("Leveransekode,Merknad,Strekkode,Beløp,Rabatt\r\n"))
    }

    @Test func `a gzip file holds the plain file's bytes`() throws {
        let stage = try Stage.shared
        let (job, file) = try stage.client.export(Self.request([("compression", "gzip")]))
        #expect(job["fileName"]?.string?.hasSuffix(".csv.gz") == true)
        #expect(job["fileSizeBytes"]?.int == file.count)
        let plain = try Shell.output(["gzip", "-dc"], input: file)
        expectBytes(String(decoding: plain, as: UTF8.self), Self.file(header: Self.labels))
        let reply = try stage.client.file(job["id"]?.string ?? "")
        #expect(reply["Content-Type"] == "application/gzip")
        #expect(reply["Content-Encoding"] == nil)
    }

    @Test func `equal requests give equal bytes`() throws {
        #expect(try exported() == exported())
    }

    @Test func `times carry the zone's offset on both sides of a clock change`() throws {
        let stage = try Stage.shared
        func times(_ timezone: String) throws -> [String: String] {
            let (_, file) = try stage.client.export([
                "module": "delivery", "catalog": "delivery-orders", "format": "csv", "timezone": .string(timezone),
                "dateRange": ["from": "2025-10-26", "to": "2026-10-25"], "statuses": ["delivered"],
                "scope": ["type": "customer", "values": ["00000000-0000-4000-8000-000000000002"]],
                "columns": ["delivery_code", "created_at"],
            ])
            let rows = CSVText(file).records.map { ($0[0].text, $0[1].text) }
            return Dictionary(rows) { first, _ in first }.filter { $0.key.hasPrefix("DEL-DST") }
        }
        #expect(
            try times("Europe/Oslo") == [
                "DEL-DST-1": "2026-03-29T01:59:59.999999+01:00", "DEL-DST-2": "2026-03-29T03:00:00+02:00",
                "DEL-DST-3": "2026-10-25T02:30:00+02:00", "DEL-DST-4": "2026-10-25T02:30:00+01:00",
                "DEL-DST-5": "2025-10-26T02:59:59.999999+02:00", "DEL-DST-6": "2025-10-26T02:00:00+01:00",
            ])
        let utc = try times("UTC")
        #expect(utc["DEL-DST-2"] == "2026-03-29T01:00:00Z" && utc.count == 6)
    }

    @Test func `a date range holds both its days, whole, in the request's zone`() throws {
        let stage = try Stage.shared
        func codes(_ timezone: String) throws -> [String] {
            let (_, file) = try stage.client.export([
                "module": "delivery", "catalog": "delivery-orders", "format": "csv", "timezone": .string(timezone),
                "dateRange": ["from": "2026-05-01", "to": "2026-05-07"], "statuses": ["in_transit"],
                "scope": ["type": "customer", "values": ["00000000-0000-4000-8000-000000000002"]],
                "columns": ["delivery_code"], "sort": [["field": "created_at", "direction": "asc"]],
            ])
            return CSVText(file).records.dropFirst().map { $0[0].text }.filter { $0.hasPrefix("DEL-DAY") }
        }
        #expect(try codes("UTC") == ["DEL-DAY-3", "DEL-DAY-4", "DEL-DAY-5"])
        #expect(try codes("Europe/Oslo") == ["DEL-DAY-1", "DEL-DAY-2", "DEL-DAY-3", "DEL-DAY-4"])
    }

    @Test func `a preview shows the file's first rows in the file's rendering`() throws {
        let client = try Stage.shared.client
        let preview = try client.post("/report/exports/preview", Self.request()).json["data"]
        #expect(preview?["totalRows"] == .int(Self.edges.count))
        #expect(preview?["done"] == true)
        let records = CSVText(Array(try exported().utf8)).records.dropFirst()
        let wanted = records.map { record -> JSON in
            let cells = zip(["delivery_code", "note", "barcode", "amount", "discount"], record).map { key, field in
                (key, field.text.isEmpty && !field.isQuoted ? JSON.null : .string(field.text))
            }
            return .object(JSON.Object(cells))
        }
        #expect(preview?["rows"] == .array(wanted))
    }

    @Test func `an export without rows is a header and zero`() throws {
        let (job, file) = try Stage.shared.client.export(
            Self.request([("dateRange", ["from": "1999-01-01", "to": "1999-01-01"])]))
        #expect(file == Array((Self.labels + "\r\n").utf8))
        #expect(job["rowCount"] == 0 && job["progress"] == ["total": 0, "done": 0])
    }
}
