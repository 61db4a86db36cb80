import Testing

@testable import Catalog

@Suite struct TimeZoneNameTests {
    @Test(arguments: [
        "UTC", "GMT", "CET", "Europe/Oslo", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+3",
        "Etc/GMT-14", "Etc/GMT0", "EST5EDT", "PST8PDT", "GMT0", "US/Pacific", "Etc/UTC",
    ])
    func `a name of the zone database is one`(name: String) {
        #expect(TimeZoneName.isWellFormed(name))
    }

    @Test(arguments: [
        "localtime", "Localtime", "posixrules", "Factory", "posix/Europe/Oslo", "right/UTC", "Posix/UTC",
    ])
    func `what a server's folder of zones holds besides is none`(name: String) {
        #expect(!TimeZoneName.isWellFormed(name))
    }

    @Test(arguments: [
        "", "+02:00", "XXX+3", "Abc3", "Europe/Oslo3", "Europe/Oslo-3", "EST5", "Etc/GMT+123", "Etc/GMT++3", "Europe/",
        "europe oslo", "A/B/C/D", "<+03>-3", "../etc/passwd",
    ])
    func `a rule, an offset or a path is none`(name: String) {
        #expect(!TimeZoneName.isWellFormed(name))
    }

    @Test func `what is wrong with a zone says whether it is its form or the database`() {
        let rule = "must be an IANA time zone such as UTC or Europe/Oslo"
        #expect(TimeZoneName.fault("Mars/X", isKnown: { _ in false }) == "\(rule); the database does not know Mars/X")
        #expect(TimeZoneName.fault("+02:00", isKnown: { _ in true }) == rule)
        #expect(TimeZoneName.fault("Europe/Oslo", isKnown: { $0 == "Europe/Oslo" }) == nil)
    }
}
