import Coding
import Crypto
import Deflate
import Formats
import Glibc
import JSON
import Testing

@testable import Catalog
@testable import Generation
@testable import Storage

/// Rows that are kept, read again and recast. Serialized: a process has one time zone.
@Suite(.serialized) struct RowsTests {
    private static func text(_ timestamp: String) -> String? {
        Array(timestamp.utf8).withUnsafeBytes { bytes in
            guard let text = TimestampText(bytes) else { return nil }
            var output = OutputBuffer()
            text.write(into: &output)
            return output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(arguments: [
        "2026-05-07 10:30:00+00", "2026-05-07 10:30:00.123456-09:30", "0001-01-01 00:00:00+00:09:21",
        "4714-11-24 00:00:00+00 BC", "0001-12-31 23:59:59.999999+05:45 BC", "294276-12-31 23:59:59.999999+00",
        "1883-11-18 12:03:57-05", "1880-01-01 00:00:00-04:56:02",
    ])
    func `a timestamp is written as PostgreSQL printed it`(_ timestamp: String) {
        #expect(Self.text(timestamp) == timestamp)
    }

    @Test(arguments: [
        "infinity", "-infinity", "", "2026-05-07", "2026-05-07 10:30:00", "2026-05-07T10:30:00Z",
        "2026-05-07 10:30:00+00 AD", "2026-05-07 10:30:00+", "\\N",
        "9223372036854775808-05-07 10:30:00+00", "99999999999999999999-05-07 10:30:00+00",
        "2026-05-07 10:99999999999999999999:00+00", "2026-05-07 10:30:00+99999999999999999999",
        "1234567890-05-07 10:30:00+00",
    ])
    func `what has no clock is none`(_ text: String) {
        #expect(Self.text(text) == nil)
    }

    @Test func `what is as long as a timestamp can be has an instant, whatever it says`() throws {
        let long =
            "999999999-999999999-999999999 999999999:999999999:999999999.99999999999999999999+999999999:999999999"
        let instant = try Array(long.utf8).withUnsafeBytes { try #require(TimestampText($0)).clock.instant }
        #expect(instant > 0)
        #expect(
            Self.text("2026-05-07 10:30:00.99999999999999999999+00") == "2026-05-07 10:30:00.99999999999999999999+00")
    }

    @Test func `an instant is the same whatever clock shows it`() throws {
        func instant(_ text: String) throws -> Int {
            try Array(text.utf8).withUnsafeBytes { try #require(TimestampText($0)).clock.instant }
        }
        #expect(try instant("1970-01-01 00:00:00+00") == 0)
        #expect(try instant("2026-03-29 03:00:00+02") == instant("2026-03-29 01:00:00+00"))
        #expect(try instant("1969-12-31 18:30:00-05:30") == 0)
        // PostgreSQL's extract(epoch from …) of them.
        #expect(try instant("4714-11-24 00:00:00+00 BC") == -210_866_803_200)
        #expect(try instant("294276-12-31 23:59:59+00") == 9_224_318_015_999)
    }

    /// Both changes of the clock in 2026, a zone of half hours and one of quarters, whose summer time is half an hour,
    /// and what clocks showed before there were zones.
    @Test(arguments: [
        ("Europe/Oslo", "2026-03-29 00:59:59+00", "2026-03-29 01:59:59+01"),
        ("Europe/Oslo", "2026-03-29 01:00:00+00", "2026-03-29 03:00:00+02"),
        ("Europe/Oslo", "2026-10-25 00:59:59.5+00", "2026-10-25 02:59:59.5+02"),
        ("Europe/Oslo", "2026-10-25 01:00:00+00", "2026-10-25 02:00:00+01"),
        ("America/New_York", "2026-11-01 05:59:59+00", "2026-11-01 01:59:59-04"),
        ("America/New_York", "2026-11-01 06:00:00+00", "2026-11-01 01:00:00-05"),
        ("Asia/Kolkata", "2026-05-07 10:30:00+00", "2026-05-07 16:00:00+05:30"),
        ("Asia/Kathmandu", "2026-05-07 18:15:00+00", "2026-05-08 00:00:00+05:45"),
        ("Australia/Lord_Howe", "2026-04-04 15:00:00+00", "2026-04-05 01:30:00+10:30"),
        ("Europe/Oslo", "1890-01-01 00:00:00+00", "1890-01-01 00:43:00+00:43"),
        ("Pacific/Apia", "2011-12-30 09:59:59+00", "2011-12-29 23:59:59-10"),
        ("Pacific/Apia", "2011-12-30 10:00:00+00", "2011-12-31 00:00:00+14"),
        ("America/New_York", "2050-07-01 00:00:00+00", "2050-06-30 20:00:00-04"),
        ("UTC", "2026-03-29 03:00:00+02", "2026-03-29 01:00:00+00"),
        ("UTC", "0001-01-01 00:30:00+01", "0001-12-31 23:30:00+00 BC"),
    ])
    func `an instant is shown as the zone's clocks show it`(_ zone: String, _ kept: String, _ shown: String) throws {
        let clock = try ZoneClock(zone)
        let converted = try Array(kept.utf8).withUnsafeBytes { bytes in
            var text = try #require(TimestampText(bytes))
            text.clock = try #require(clock.local(text.clock.instant))
            var output = OutputBuffer()
            text.write(into: &output)
            return output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
        #expect(converted == shown)
    }

    @Test func `a zone that the host does not have is refused, not taken for UTC`() throws {
        let failure = #expect(throws: ExportFailure.self) { try ZoneClock("Mars/Olympus_Mons") }
        #expect(failure?.code == "time_zone_unavailable")
    }

    private static let provenance = Provenance(
        description: ReportDescription(
            module: "m", catalog: "c", label: LocalizedText("C"), text: LocalizedText(""),
            columns: [
                ReportDescription.Column(
                    key: "at", label: LocalizedText("At"), type: .datetime, relationOutput: nil, shownAs: nil,
                    shownType: .datetime),
                ReportDescription.Column(
                    key: "day", label: LocalizedText("Day"), type: .date, relationOutput: nil, shownAs: nil,
                    shownType: .date),
                ReportDescription.Column(
                    key: "note", label: LocalizedText("Note"), type: .string, relationOutput: nil, shownAs: nil,
                    shownType: .string),
            ], dateField: nil, statuses: [], scope: nil, order: []), tenant: "t", origin: nil, zone: "UTC",
        rowsZone: "UTC", snapshotAt: "2026-05-07T10:30:00.000Z", summary: RowSummary(rows: 3, columns: []))

    private static let rows = [
        "2026-05-07 22:30:00+00\t2026-05-07\t2026-05-07 22:30:00+00\n", "\\N\t\\N\ta\\tb\\\\N\n",
        "infinity\t-infinity\t\n",
    ]

    private static func recast(_ columns: [String], _ zone: String) throws -> [String] {
        var recast = try RowRecast(provenance, columns: columns, zone: zone)
        var result: [String] = []
        for row in rows {
            try Array(row.utf8).withUnsafeBytes {
                try recast.recast($0) { result.append(String(decoding: $0, as: UTF8.self)) }
            }
        }
        return result
    }

    @Test func `timestamps move to the zone; dates, texts and NULL stay`() throws {
        #expect(!RowRecast.isNeeded(Self.provenance, columns: ["at", "day", "note"], zone: "UTC"))
        #expect(
            try Self.recast(["at", "day", "note"], "Asia/Tokyo") == [
                "2026-05-08 07:30:00+09\t2026-05-07\t2026-05-07 22:30:00+00\n", "\\N\t\\N\ta\\tb\\\\N\n",
                "infinity\t-infinity\t\n",
            ])
    }

    @Test func `columns are chosen and change places`() throws {
        #expect(
            try Self.recast(["note", "at"], "UTC") == [
                "2026-05-07 22:30:00+00\t2026-05-07 22:30:00+00\n", "a\\tb\\\\N\t\\N\n", "\tinfinity\n",
            ])
        #expect(throws: ExportFailure.self) { try Self.recast(["other"], "UTC") }
    }

    /// The kept rows as a file, and its digest.
    private static func kept(
        _ rows: [String], of provenance: Provenance = provenance
    ) throws -> (bytes: [UInt8], sha256: String) {
        var bytes: [UInt8] = []
        let keeper = RowKeeper { bytes += Array($0) }
        bytes += try RowKeeper.head(provenance)
        for row in rows { try Array(row.utf8).withUnsafeBytes { try keeper.append($0) } }
        try keeper.end()
        return (bytes, Array(SHA256.hash(data: bytes)).hexadecimal)
    }

    private static func withFile<Value>(_ bytes: [UInt8], _ body: (String) throws -> Value) throws -> Value {
        var template = Array("/tmp/penstock-rows-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        return try body(path)
    }

    @Test func `kept rows come back as they went, with their provenance`() throws {
        let many = (0..<30_000).map { "2026-05-07 22:30:00+00\t2026-05-07\trow \($0 * 7919)\n" }
        let (bytes, sha256) = try Self.kept(many)
        try Self.withFile(bytes) { path in
            let rows = try KeptRows(StoredObject(path: path), sha256: sha256)
            #expect(rows.provenance == Self.provenance)
            var read: [String] = []
            try rows.forEach { read.append(String(decoding: $0, as: UTF8.self)) }
            #expect(read == many)
        }
    }

    /// The report's types are known no more when it is rendered again; a column of intervals, declared as text, is none
    /// of the texts that are guarded.
    @Test(arguments: [(true, "'-5"), (false, "-5")])
    func `kept rows are rendered with the guard that their types asked for`(typed: Bool, shown: String) throws {
        var columns = Self.provenance.description.outputColumns(language: "en") ?? []
        columns[2].mayHoldFormulas = typed
        let provenance = Provenance(
            description: Self.provenance.description.knowing(columns), tenant: "t", origin: nil, zone: "UTC",
            rowsZone: "UTC", snapshotAt: "2026-05-07T10:30:00.000Z", summary: RowSummary(rows: 1, columns: []))
        #expect(Provenance(provenance.json) == provenance)
        let (bytes, sha256) = try Self.kept(["infinity\t2026-05-07\t-5\n"], of: provenance)
        let file = try Self.withFile(bytes) { path in
            var file: [UInt8] = []
            let request = ExportRequest(module: "m", catalog: "c", format: .csv, columns: ["note", "day"])
            let summary = try Rerendering(
                rendering: Rendering(request, language: "en"), rows: StoredObject(path: path), sha256: sha256,
                observer: Unwatched()
            ).run { file += Array($0) }
            #expect(summary.tally.formulasNeutralised == (typed ? 1 : 0))
            return String(decoding: file, as: UTF8.self)
        }
        #expect(file == "Note,Day\r\n\(shown),2026-05-07\r\n")
    }

    @Test func `what was kept before types were asked for is guarded as it was`() throws {
        var provenance = try #require(Self.provenance.json.object)
        var description = try #require(provenance["description"]?.object)
        description["columns"] = .array(
            (description["columns"]?.array ?? []).map { column in
                .object(JSON.Object((column.object?.members ?? []).filter { $0.key != "mayHoldFormulas" }))
            })
        provenance["description"] = .object(description)
        let columns = Provenance(.object(provenance))?.description.outputColumns(language: "en")
        #expect(columns?.map(\.mayHoldFormulas) == [true, true, true])
    }

    @Test func `kept rows that are missing, cut off, changed or another report's are refused`() throws {
        let (bytes, sha256) = try Self.kept(Self.rows)
        func code(_ bytes: [UInt8], _ sha256: String) throws -> String? {
            try Self.withFile(bytes) { path in
                do {
                    try KeptRows(StoredObject(path: path), sha256: sha256).forEach { _ in }
                    return nil
                } catch let failure as ExportFailure {
                    return failure.code
                }
            }
        }
        #expect(try code(bytes, sha256) == nil)
        #expect(try code(Array(bytes.dropLast(3)), sha256) == "rows_damaged")
        #expect(try code(bytes, String(repeating: "0", count: 64)) == "rows_damaged")
        #expect(try code([], sha256) == "rows_damaged")
        // Cut where a member ends: whole for gzip, and still not what the receipt says.
        let head = try RowKeeper.head(Self.provenance)
        #expect(try code(head, sha256) == "rows_damaged")
        var other = bytes
        other[bytes.count / 2] ^= 0x10
        #expect(try code(other, sha256) == "rows_damaged")
        let missing = #expect(throws: ExportFailure.self) {
            try KeptRows(StoredObject(path: "/nowhere/rows"), sha256: sha256)
        }
        #expect(missing?.code == "rows_missing")
    }
}

/// An export that is watched by no process.
private final class Unwatched: ExportObserver {
    func progress(_ rows: Int64) {}
    func counted(_ rows: Int64) {}
}
