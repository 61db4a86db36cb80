import ArgumentParser
import Catalog
import Configuration
import HTTP
import JSON
import Jobs
import Posix
import Schedules
import Time

struct SchedulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules", abstract: "List, show, add, change and remove schedules of exports.",
        subcommands: [
            SchedulesList.self, SchedulesShow.self, SchedulesAdd.self, SchedulesChange.self, SchedulesRemove.self,
        ],
        defaultSubcommand: SchedulesList.self)
}

struct SchedulesList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List a tenant's schedules, newest first.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The tenant.") var tenant: String
    @Option(help: "Only this module.") var module: String?
    @Option(help: "Only this catalog.") var catalog: String?
    @Option(help: "How many, at most.") var limit = 100
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            try NameCheck.limit(limit)
            let table = ScheduleTable(try options.database("schedules"))
            let (schedules, total) = try table.schedules(
                tenant: tenant, module: module, catalog: catalog, limit: limit, offset: 0)
            if json { return Terminal.json(.array(schedules.map(\.json))) }
            Terminal.table(
                ["ID", "CATALOG", "WHEN", "NEXT", "LAST ERROR", "NAME"],
                schedules.map {
                    [
                        $0.id.description, "\($0.draft.export.module)/\($0.draft.export.catalog)", $0.draft.timing.text,
                        $0.nextDueAt?.rfc3339 ?? "disabled", $0.lastError?.code ?? "-", $0.draft.name,
                    ]
                })
            if total > Int64(schedules.count) { Terminal.line("\(schedules.count) of \(total)") }
        }
    }
}

struct SchedulesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all there is to know of a schedule, and when it is due next.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The schedule's id.") var id: String
    @Option(help: "The tenant.") var tenant: String
    @Option(help: "How many due times to show, with the days of their period.") var upcoming = 5
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            guard (0...1000).contains(upcoming) else {
                throw CommandFailure("--upcoming \(upcoming) is not from 0 to 1000", ExitStatus.usage)
            }
            let table = ScheduleTable(try options.database("schedules"))
            guard let uuid = UUID(id), let schedule = try table.schedule(tenant: tenant, id: uuid) else {
                throw CommandFailure("tenant \(tenant) has no schedule \(id)", ExitStatus.noInput)
            }
            var object = schedule.json.object ?? JSON.Object()
            object["upcoming"] = .array(
                try table.upcoming(schedule, count: upcoming).map { due, days in
                    [
                        "dueAt": .string(Timestamp(seconds: due).rfc3339),
                        "from": .string(orNull: days.map { "\($0.from)" }),
                        "to": .string(orNull: days.map { "\($0.to)" }),
                    ]
                })
            if json { return Terminal.json(.object(object)) }
            for (name, value) in object.members { Terminal.line("\(name): \(value.string ?? value.text)") }
        }
    }
}

struct SchedulesRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a schedule; the exports that came of it stay.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The schedule's id.") var id: String
    @Option(help: "The tenant.") var tenant: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let table = ScheduleTable(try options.database("schedules"))
            guard let uuid = UUID(id), try table.remove(tenant: tenant, id: uuid) else {
                throw CommandFailure("tenant \(tenant) has no schedule \(id)", ExitStatus.noInput)
            }
            Terminal.outcome("removed \(id)", ["id": .string(id), "removed": true], asJSON: json)
        }
    }
}

extension Timing {
    /// For a table: `monthly 31 06:30 Europe/Oslo`.
    fileprivate var text: String {
        let day =
            switch recurrence {
            case .daily: ""
            case .weekly(let weekday): " \(weekday.name)"
            case .monthly(let day): " \(day)"
            case .yearly(let month, let day): " \(month)-\(day)"
            }
        return "\(recurrence.interval.rawValue)\(day) \(timeOfDay) \(timeZone)"
    }
}
