import Postgres

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

    package init(subject: String, grade: Grade, message: String) {
        self.subject = subject
        self.grade = grade
        self.message = message
    }
}

/// The results of a whole check.
package struct CheckReport: Sendable {
    package let findings: [CheckFinding]

    package init(findings: [CheckFinding]) {
        self.findings = findings
    }

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

extension CheckFinding {
    /// The finding for a database that could not be asked.
    static func unreachable(_ subject: String, _ original: any Error) -> CheckFinding {
        let error = original as? PostgresError
        // PgBouncer says this of a parameter in the start-up packet that it does not know.
        if let error, error.detail.contains("unsupported startup parameter") {
            return CheckFinding(
                subject: subject, grade: .bad,
                message:
                    "\(error.debugDescription); let the pooler ignore it (PgBouncer: ignore_startup_parameters), or "
                    + "leave it out of the URL and the environment")
        }
        return CheckFinding(
            subject: subject, grade: error?.isTransient ?? false ? .unreachable : .bad,
            message: String(reflecting: original))
    }
}
