import Configuration
import FastCGI
import Glibc
import Identity
import JSON
import Jobs
import Mail
import Migration
import Posix
import Postgres
import Storage

/// Checks whether a service could work with its settings: the library that it is linked with, the queue's schema, the
/// catalogs against the live data, the storage folder, the keys of tokens, the certificate authorities of webhooks.
/// `penstock check` runs it, and a service does in a child of its own before it starts or reloads.
package struct ServiceCheck {
    private let configuration: Configuration
    private let files: ServiceFiles
    /// The path of the file of settings; nil without one.
    private let settings: String?

    package init(_ configuration: Configuration, _ files: ServiceFiles, settings: String? = nil) {
        self.settings = settings
        self.configuration = configuration
        self.files = files
    }

    /// Checks everything that a service on this host depends on.
    /// - Parameter logging: whether warnings and errors also go to the log.
    package func run(logging: Bool = true) -> CheckReport {
        // Before the first connection to a database, for it forks.
        let library = library()
        // A start does not tell of old versions: the operator can act on them at any time.
        let (database, queue) = QueueCheck(configuration: configuration).run(holes: !logging)
        let findings =
            [library] + database + (queue == nil ? [] : RolesCheck(configuration: configuration).run())
            + SourceCheck(configuration: configuration, catalogs: files.catalogs).run(holes: !logging)
            + [storage(queue)] + tokenKeys() + authorities()
            + (logging ? [] : SecretsCheck(configuration: configuration, settings: settings).run())
            + (logging ? [] : VariablesCheck.run())
        for finding in findings where logging && finding.grade != .good {
            Log.write(
                finding.grade == .warning ? .warning : .error, "check",
                [("subject", .string(finding.subject)), ("message", .string(finding.message))])
        }
        return CheckReport(findings: findings)
    }

    /// Checks nginx's configuration. This is not part of `run`, because a service starts even when nginx is not
    /// configured well.
    /// - Parameters:
    ///   - file: nginx's main file.
    ///   - prefix: the value of nginx's -p; nil when nginx is started without it.
    ///   - program: the nginx that is asked; nil for the one of the settings.
    ///   - user: of nginx's workers; nil for the one that nginx's configuration names.
    package func nginx(_ file: String, prefix: String?, program: String?, user: String? = nil) -> CheckReport {
        let inspection = NginxInspection(
            configuration: configuration, file: file, prefix: prefix, program: program ?? configuration.nginxProgram)
        let (findings, workers) = inspection.findings()
        return CheckReport(findings: findings) + access(user: user ?? workers?.user, group: workers?.group)
    }

    /// Tries as nginx's user what nginx does.
    /// - Parameter user: nil for the one that is usual.
    package func access(user: String?, group: String? = nil) -> CheckReport {
        CheckReport(
            findings: AccessCheck(
                configuration: configuration, user: user ?? AccessCheck.usualUser, group: group
            ).run())
    }

    /// Takes the configured folder for the one that the database is bound to. Where that is not possible, `run` says
    /// why.
    /// - Throws: `StorageError`, `PostgresError`.
    package func adoptStorage() throws {
        let queue = try Queue.connect(configuration.databaseURL, applicationName: "penstock check")
        _ = try StorageBinding(configuration.openStorage(), queue).adopt()
    }

    private func library() -> CheckFinding {
        let name = "libfcgi" + (LibraryProbe.libraryPath.map { " (\($0))" } ?? "")
        switch LibraryProbe.run() {
        case .refusesOverflow:
            return CheckFinding(
                subject: "libfcgi", grade: .good,
                message: "\(name) refuses parameter lengths that overflow (CVE-2025-23016 is mended)")
        case .overflows:
            return CheckFinding(
                subject: "libfcgi", grade: .bad,
                message: "\(name) can be made to overwrite its memory by any process that may connect to the socket "
                    + "(CVE-2025-23016); install 2.4.5 or later, or your distribution's mended package")
        case .unknown(let reason):
            return CheckFinding(
                subject: "libfcgi", grade: .warning,
                message: "whether \(name) has CVE-2025-23016 could not be found out: \(reason)")
        }
    }

    private func storage(_ queue: Queue?) -> CheckFinding {
        do {
            let folder = try configuration.openStorage()
            leaveToOwner()
            let remark = try folder.probe()
            if let queue, let reason = try StorageBinding(folder, queue).refusal() {
                return CheckFinding(subject: "storage", grade: .bad, message: reason)
            }
            if let room = folder.room, case let least = room.reserve(configuration.reserveBytes), room.free < least {
                return CheckFinding(
                    subject: "storage", grade: .warning,
                    message: "\(folder) has \(room.free >> 20) MiB of free space, less than its reserve of "
                        + "\(least >> 20) MiB (RESERVE_MB): no export begins")
            }
            return CheckFinding(
                subject: "storage", grade: .good,
                message: "\(folder) can be written\(remark.map { "; \($0)" } ?? "")")
        } catch let error as PostgresError {
            return .unreachable("storage", error)
        } catch let error as StorageError where error.code == .full {
            // A service can still send files, and delete those whose time is over.
            return CheckFinding(subject: "storage", grade: .warning, message: error.debugDescription)
        } catch {
            return CheckFinding(subject: "storage", grade: .bad, message: String(reflecting: error))
        }
    }

    /// A check by root leaves no folder behind that the service's own user could not write to.
    private func leaveToOwner() {
        guard geteuid() == 0, !configuration.storage.hasPrefix("s3://") else { return }
        let files = StorageFolder(at: configuration.storage).filesPath
        var (parent, own) = (stat(), stat())
        guard stat(configuration.storage, &parent) == 0, lstat(files, &own) == 0, own.st_uid == 0, parent.st_uid != 0,
            (try? File.names(in: files).isEmpty) == true
        else { return }
        _ = lchown(files, parent.st_uid, parent.st_gid)
    }

    /// Keys of JWKS that are passed over, and how many are left.
    private func tokenKeys() -> [CheckFinding] {
        guard let jwks = files.jwks else { return [] }
        let path = configuration.jwks ?? ""
        return jwks.notices.map { CheckFinding(subject: "jwks", grade: .warning, message: "\(path): \($0)") } + [
            CheckFinding(subject: "jwks", grade: .good, message: "\(path): keys that check tokens: \(jwks.keys.count)")
        ]
    }

    /// Whether the files of WEBHOOK_CA and SMTP_CA, where they are set, hold certificates. Without them each https
    /// endpoint, and the server of e-mail, would fail.
    private func authorities() -> [CheckFinding] {
        let files = [
            ("webhooks", "WEBHOOK_CA", configuration.webhookAuthorities),
            ("e-mail", "SMTP_CA", configuration.mailAuthorities),
        ]
        return files.compactMap { subject, name, path in path.map { Self.authorities(subject, name, $0) } } + mail()
    }

    private static func authorities(_ subject: String, _ name: String, _ path: String) -> CheckFinding {
        func finding(_ grade: CheckFinding.Grade, _ message: String) -> CheckFinding {
            CheckFinding(subject: subject, grade: grade, message: message)
        }
        do {
            let text = String(decoding: try File.bytes(at: path, limit: 16 << 20), as: UTF8.self)
            let count = text.ranges(of: "-----BEGIN CERTIFICATE-----").count
            return count > 0
                ? finding(.good, "\(path) holds \(count) certificates of authorities")
                : finding(.bad, "\(name): \(path) holds no certificate in PEM")
        } catch {
            return finding(.bad, "\(name): \(error.debugDescription)")
        }
    }

    /// Whether e-mail can be sent as it is set; nothing where it is not.
    private func mail() -> [CheckFinding] {
        guard let server = configuration.mailServer else { return [] }
        func finding(_ grade: CheckFinding.Grade, _ message: String) -> [CheckFinding] {
            [CheckFinding(subject: "e-mail", grade: grade, message: message)]
        }
        if let path = configuration.mailPassword {
            do {
                _ = try File.bytes(at: path, limit: 4096)
            } catch {
                return finding(.bad, "SMTP_PASSWORD_FILE: \(error.debugDescription)")
            }
        }
        return configuration.mailDomains.isEmpty
            ? finding(.warning, "MAIL_DOMAINS is empty: nothing is delivered to anybody")
            : finding(.good, "sent to \(server.url); penstock deliveries test tries it")
    }
}
