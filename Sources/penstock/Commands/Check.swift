import ArgumentParser
import Configuration
import JSON
import Service

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Check the settings, the schema, the catalogs against the live database, the storage, libfcgi and nginx.",
        discussion: """
            Exit status 0 when all is well, 69 when a database is out of reach, 78 when something is wrong.

            nginx is looked at when its configuration is named, here or by PENSTOCK_NGINX_CONF: by 'nginx -T' where this \
            user may run it, else by reading the file and what it includes. Each fault is told with file and line. As root, \
            the sockets and a file are opened as nginx's user, and what refuses is named.

            A database is bound to the storage folder of its first service. A folder that is not bound is refused from \
            then on, for it may be the empty place of a disk that is not mounted; --adopt-storage takes it nevertheless.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "nginx's main configuration file, e.g. /etc/nginx/nginx.conf.") var nginx: String?
    @Option(help: "The value of nginx's -p, when nginx is started with it.") var nginxPrefix: String?
    @Option(help: "The nginx program that is asked, a path or a name in PATH.") var nginxProgram: String?
    @Option(
        help:
            "The user of nginx's workers, as whom the sockets and a file are opened; that of nginx's 'user', or www-data, when left out."
    ) var nginxUser: String?
    @Flag(name: .long, help: "First bind a folder that has no file 'instance' to the database.") var adoptStorage =
        false
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let (configuration, files) = try settings()
            let check = ServiceCheck(configuration, files, settings: options.config)
            if adoptStorage { try check.adoptStorage() }
            var report = check.run(logging: false)
            if let nginx = nginx ?? configuration.nginxConf {
                report =
                    report
                    + check.nginx(
                        nginx, prefix: nginxPrefix ?? configuration.nginxPrefix, program: nginxProgram,
                        user: nginxUser)
            } else if nginxUser != nil {
                report = report + check.access(user: nginxUser)
            }
            tell(report)
            if report.exitStatus != 0 { throw ExitCode(report.exitStatus) }
        }
    }

    /// - Throws: `ConfigurationError`; with `--json` its faults are findings.
    private func settings() throws -> (Configuration, ServiceFiles) {
        do {
            return try options.service()
        } catch let error as ConfigurationError where json {
            let report = CheckReport(
                findings: error.faults.map { CheckFinding(subject: "settings", grade: .bad, message: $0) })
            tell(report)
            throw ExitCode(report.exitStatus)
        }
    }

    private func tell(_ report: CheckReport) {
        guard json else {
            for finding in report.findings {
                Terminal.line("\(finding.grade.rawValue)\t\(finding.subject): \(finding.message)")
            }
            return
        }
        Terminal.json([
            "ok": .bool(report.exitStatus == 0),
            "findings": .array(
                report.findings.map {
                    [
                        "subject": .string($0.subject), "grade": .string($0.grade.rawValue),
                        "message": .string($0.message),
                    ]
                }),
        ])
    }
}
