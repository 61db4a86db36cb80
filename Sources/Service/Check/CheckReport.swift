/// The result of one question of `penstock check`.
package struct CheckFinding: Sendable {
    package enum Grade: String, Sendable {
        case good, warning
        /// The question cannot be answered now; all may be well later.
        case unreachable
        case bad
    }

    package let subject: String
    package let grade: Grade
    package let message: String
}

/// The results of a whole check.
package struct CheckReport: Sendable {
    package let findings: [CheckFinding]

    package static func + (first: CheckReport, second: CheckReport) -> CheckReport {
        CheckReport(findings: first.findings + second.findings)
    }

    /// sysexits: 0, 69 (EX_UNAVAILABLE) when a database is out of reach, 78 (EX_CONFIG) when something is wrong.
    package var exitStatus: Int32 {
        if findings.contains(where: { $0.grade == .bad }) { return 78 }
        return findings.contains { $0.grade == .unreachable } ? 69 : 0
    }

    /// The reasons why a service cannot work, in one line.
    package var reason: String {
        findings.filter { $0.grade == .bad || $0.grade == .unreachable }
            .map { "\($0.subject): \($0.message)" }.joined(separator: "; ")
    }
}
