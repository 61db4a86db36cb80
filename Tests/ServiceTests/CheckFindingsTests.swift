import Testing

@testable import Service

/// What `penstock check` warns of beside settings and schema.
struct CheckFindingsTests {
    @Test func `variables that are no settings are told with the setting that is near`() {
        let findings = VariablesCheck.findings([
            "PENSTOCK_STORAGE", "PENSTOCK_STORAG", "PENSTOCK_TEST_POSTGRES", "PATH", "PENSTOCK_OF_ANOTHER_KIND",
        ])
        #expect(findings.allSatisfy { $0.grade == .warning && $0.subject == "settings" })
        #expect(
            findings.map(\.message) == [
                "PENSTOCK_OF_ANOTHER_KIND is set and is no setting; penstock serve --help lists the settings",
                "PENSTOCK_STORAG is set and is no setting; did you mean PENSTOCK_STORAGE?",
            ])
    }

    @Test(
        arguments: [
            (-60, "60 s behind this host's"), (-11, "11 s behind this host's"), (-9, nil), (3, nil), (14, nil),
            (16, "11 s ahead of this host's"), (65, "60 s ahead of this host's"),
        ] as [(Int64, String?)])
    func `a clock that is more than ten seconds away is told`(_ seconds: Int64, _ words: String?) {
        // The answer took five seconds, so that a time within them is no difference.
        let start: Int64 = 1_790_000_000_000_000
        let findings = ClockCheck.findings(
            theirs: start + seconds * 1_000_000, between: start, and: start + 5_000_000)
        #expect(findings.count == (words == nil ? 0 : 1))
        if let words { #expect(findings.first?.message.contains(words) == true) }
    }
}
