import Testing
import Time

struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (1_778_149_800_000_000, "2026-05-07T10:30:00Z"),
            (1_778_149_800_123_000, "2026-05-07T10:30:00.123Z"),
            (1_778_149_800_000_001, "2026-05-07T10:30:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00Z"),
            (784_111_777_000_000, "1994-11-06T08:49:37Z"),
            (.min, "0001-01-01T00:00:00Z"),
            (.max, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func `writes an instant`(_ microseconds: Int64, _ rfc3339: String) {
        let timestamp = Timestamp(microseconds: microseconds)
        #expect(timestamp.exactRFC3339 == rfc3339)
        #expect(timestamp.rfc3339 == "\(rfc3339.prefix(19))Z")
        #expect(timestamp.date.description == String(rfc3339.prefix(10)))
        #expect(Timestamp(rfc3339: rfc3339) == timestamp)
    }

    @Test(
        arguments: [
            ("2026-05-07 10:30:00.123+00", "2026-05-07T10:30:00.123Z"),
            ("2026-05-07 10:30:00+00", "2026-05-07T10:30:00Z"),
            ("2026-05-07 10:30:00.1+00", "2026-05-07T10:30:00.100Z"),
            ("2026-05-07 00:30:00+05:30", "2026-05-06T19:00:00Z"),
            ("2026-12-31 23:30:00-03", "2027-01-01T02:30:00Z"),
            ("1890-01-01 00:00:00-00:01:15", "1890-01-01T00:01:15Z"),
            ("0001-01-01 00:00:00+00", "0001-01-01T00:00:00Z"),
        ])
    func `reads the text of PostgreSQL`(_ text: String, _ expected: String) {
        #expect(Timestamp(postgres: text)?.exactRFC3339 == expected)
    }

    @Test(arguments: [
        "", "infinity", "-infinity", "0044-03-15 00:00:00+00 BC", "10000-01-01 00:00:00+00", "2026-05-07",
        "2026-05-07 10:30:00",
        "2026-02-29 00:00:00+00", "2026-05-07 24:00:00+00", "2026-05-07 10:30:60+00", "2026-05-07 10:30:00.+00",
        "2026-05-07 10:30:00+0", "2026-05-07 10:30:00+00 ", "٢٠٢٦-05-07 10:30:00+00", "2026-05-07 10:60:00+00",
        "0001-01-01 00:00:00+01", "2026-05-07 10:30:00+00:60",
    ])
    func `refuses what is no instant of PostgreSQL`(_ text: String) {
        #expect(Timestamp(postgres: text) == nil)
    }

    @Test(arguments: [
        "2026-05-07T10:30:00", "2026-05-07 10:30:00Z", "2026-05-07T10:30:00+00", "2026-05-07T10:30:00+00:00:00",
        "2026-05-07T10:30Z", "2026-05-07T10:30:00Zx", "2026-5-7T10:30:00Z",
    ])
    func `refuses what is no RFC 3339 text`(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `an offset of RFC 3339 is applied`() {
        #expect(Timestamp(rfc3339: "2026-05-07t12:30:00.5+02:00")?.exactRFC3339 == "2026-05-07T10:30:00.500Z")
    }

    @Test func `every day counts one more than the day before`() throws {
        var previous = try #require(CivilDate(daysSinceEpoch: -719_162))
        #expect(previous.description == "0001-01-01")
        for days in -719_161...2_932_896 {
            let date = try #require(CivilDate(daysSinceEpoch: days))
            if date.daysSinceEpoch != days || previous >= date { Issue.record("day \(days)") }
            previous = date
        }
        #expect(previous.description == "9999-12-31")
        #expect(CivilDate(daysSinceEpoch: 2_932_897) == nil && CivilDate(daysSinceEpoch: -719_163) == nil)
    }

    @Test(arguments: [
        "2026-02-30", "2026-13-01", "2026-00-01", "2026-01-00", "0000-01-01", "10000-01-01", "infinity", "2026-5-7",
        "1900-02-29", " 2026-05-07", "2026-05-07T", "2026/05/07", "+026-05-07",
    ])
    func `refuses a day that does not exist`(_ text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test func `seconds round down and additions stay in range`() {
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp(seconds: 5).adding(seconds: -10).microseconds == -5_000_000)
        #expect(Timestamp(seconds: .max) == .latest && Timestamp.earliest.adding(seconds: .min) == .earliest)
    }
}
