import Testing
import Time

struct CivilDateTests {
    @Test(arguments: ["0001-01-01", "1970-01-01", "2000-02-29", "2024-02-29", "2026-12-31", "9999-12-31"])
    func `reads a day and writes it the same`(_ text: String) {
        #expect(CivilDate(text)?.description == text)
    }

    @Test(arguments: [
        "", "2026-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32",
        "0000-01-01", "10000-01-01", "2026-1-01", "2026/01/01", " 2026-01-01", "2026-01-01T00:00:00Z", "+026-01-01",
        "infinity", "today",
    ])
    func `refuses what is no day`(_ text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test func `counts days from 1970`() {
        #expect(CivilDate("1970-01-01")?.daysSinceEpoch == 0)
        #expect(CivilDate("0001-01-01")?.daysSinceEpoch == -719_162)
        #expect(CivilDate("2000-03-01")?.daysSinceEpoch == 11_017)
        #expect(CivilDate("9999-12-31")?.daysSinceEpoch == 2_932_896)
    }

    /// The serial days of spreadsheets and the clocks of years before 1 come from the same formula.
    @Test(arguments: [
        (0, 3, 1, -719_468), (0, 2, 29, -719_469), (-1, 12, 31, -719_529), (-400, 3, 1, -865_565),
        (-4712, 1, 1, -2_440_550), (10_000, 1, 1, 2_932_897),
    ])
    func `counts days of any year`(_ year: Int, _ month: Int, _ day: Int, _ days: Int) {
        #expect(GregorianCalendar.days(year: year, month: month, day: day) == days)
    }
}
