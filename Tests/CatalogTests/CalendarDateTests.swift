import Testing

@testable import Catalog

struct CalendarDateTests {
    @Test(arguments: ["0001-01-01", "1970-01-01", "2000-02-29", "2024-02-29", "2026-12-31", "9999-12-31"])
    func `reads a day and writes it the same`(_ text: String) {
        #expect(CalendarDate(text)?.description == text)
    }

    @Test(arguments: [
        "", "2026-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32",
        "0000-01-01", "10000-01-01", "2026-1-01", "2026/01/01", " 2026-01-01", "2026-01-01T00:00:00Z", "+026-01-01",
        "infinity", "today",
    ])
    func `refuses what is no day`(_ text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test func `counts days from 1970`() {
        #expect(CalendarDate("1970-01-01")?.daysSinceEpoch == 0)
        #expect(CalendarDate("0001-01-01")?.daysSinceEpoch == -719_162)
        #expect(CalendarDate("2000-03-01")?.daysSinceEpoch == 11_017)
        #expect(CalendarDate("9999-12-31")?.daysSinceEpoch == 2_932_896)
    }
}
