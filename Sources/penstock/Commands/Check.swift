import ArgumentParser
import Configuration
import JSON
import Service

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the settings, the schema, the catalogs against the live database, and the storage.",
        discussion: "Exit status 0 when all is well, 69 when a database is out of reach, 78 when something is wrong.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let configuration = try Configuration(try options.values())
            let report = ServiceCheck(configuration, try ServiceFiles(configuration)).run(logging: false)
            if json {
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
            } else {
                for finding in report.findings {
                    Terminal.line("\(finding.grade.rawValue)\t\(finding.subject): \(finding.message)")
                }
            }
            if report.exitStatus != 0 { throw ExitCode(report.exitStatus) }
        }
    }
}
