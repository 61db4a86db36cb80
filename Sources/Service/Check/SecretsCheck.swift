import Configuration
import Glibc
import Posix

/// Whether others on this host can read the service's secrets, and whether the service has more rights than it needs.
/// Warnings alone: a group of one's own that may read the keys is an operator's choice.
struct SecretsCheck {
    let configuration: Configuration
    /// The path of the file of settings, which may hold a password; nil without one.
    let settings: String?

    func run() -> [CheckFinding] {
        let files = [
            ("SIGNING_KEYS", configuration.signingKeys), ("JWKS", configuration.jwks), ("settings", settings),
            ("SMTP_PASSWORD_FILE", configuration.mailPassword),
        ]
        return files.compactMap { name, path in path.flatMap { Self.finding(name, $0) } } + root()
    }

    private static func finding(_ name: String, _ path: String) -> CheckFinding? {
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & 0o077 != 0 else { return nil }
        let mode = String(info.st_mode & 0o777, radix: 8)
        return CheckFinding(
            subject: "secrets", grade: .warning,
            message: "\(name): \(path) has the mode 0\(mode); others than its owner may read or change it (chmod 600)")
    }

    private func root() -> [CheckFinding] {
        guard geteuid() == 0 else { return [] }
        return [
            CheckFinding(
                subject: "secrets", grade: .warning,
                message:
                    "this is root; run the service as a user of its own, which owns the storage folder and reads the keys"
            )
        ]
    }
}
