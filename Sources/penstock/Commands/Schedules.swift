import ArgumentParser
import Catalog
import Configuration
import Glibc
import JSON
import Jobs
import Posix
import Postgres
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
            var object = schedule.json.object ?? JSONObject()
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

struct SchedulesAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a schedule.",
        discussion: """
            The request is what POST /report/exports takes, with a period (previous_month, current_week, last_30_days, …) \
            in place of a dateRange and without a timezone.

            Example: penstock schedules add --tenant acme --name 'Monthly orders' --interval monthly --day last \
            --time 06:30 --timezone Europe/Oslo --request orders.json
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The tenant.") var tenant: String
    @Option(help: "Whose exports they are, as lists show it.") var subject = "penstock schedules"
    @Option(help: "Language of the labels.") var language = "en"
    @OptionGroup var members: ScheduleMembers
    @Flag(name: .long, help: "Print the schedule as one JSON object.") var json = false

    func run() throws {
        try command {
            try NameCheck.tenants([tenant])
            try NameCheck.text("--subject", subject)
            let language = try NameCheck.language(self.language)
            let values = try options.values()
            let limit = try values[\.tenantSchedules]
            let check = try ScheduleCheck(values)
            let draft = try check.draft(.object(try members.object()), tenant: tenant, language: language)
            let schedule = try check.table.create(
                draft,
                of: ScheduleTable.Owner(tenant: tenant, subject: subject, language: language, requestID: nil),
                limit: limit)
            guard let schedule else {
                throw CommandFailure("tenant \(tenant) has \(limit) schedules already", ExitStatus.temporary)
            }
            if json { return Terminal.json(schedule.json) }
            Terminal.line("added \(schedule.id), due \(schedule.nextDueAt?.rfc3339 ?? "never: it is disabled")")
        }
    }
}

struct SchedulesChange: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Change what is given of a schedule; the rest stays.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The schedule's id.") var id: String
    @Option(help: "The tenant.") var tenant: String
    @OptionGroup var members: ScheduleMembers
    @Flag(name: .long, help: "Print the schedule as one JSON object.") var json = false

    func run() throws {
        try command {
            let patch = try members.object()
            guard !patch.isEmpty else { throw CommandFailure("nothing to change is given", ExitStatus.usage) }
            let check = try ScheduleCheck(try options.values())
            let changed = try UUID(id).flatMap { uuid in
                try check.table.change(tenant: tenant, id: uuid) { schedule in
                    try check.draft(
                        schedule.draft.members(patchedBy: patch), tenant: tenant, language: schedule.language)
                }
            }
            guard let changed else {
                throw CommandFailure("tenant \(tenant) has no schedule \(id)", ExitStatus.noInput)
            }
            if json { return Terminal.json(changed.json) }
            Terminal.line("changed \(changed.id), due \(changed.nextDueAt?.rfc3339 ?? "never: it is disabled")")
        }
    }
}

struct SchedulesRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a schedule; the exports that came of it stay.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The schedule's id.") var id: String
    @Option(help: "The tenant.") var tenant: String

    func run() throws {
        try command {
            let table = ScheduleTable(try options.database("schedules"))
            guard let uuid = UUID(id), try table.remove(tenant: tenant, id: uuid) else {
                throw CommandFailure("tenant \(tenant) has no schedule \(id)", ExitStatus.noInput)
            }
            Terminal.line("removed \(id)")
        }
    }
}

/// The members of a schedule that are given on the command line.
struct ScheduleMembers: ParsableArguments {
    @Option(help: "What the schedule is called.") var name: String?
    @Option(help: "daily, weekly, monthly or yearly.") var interval: String?
    @Option(help: "Time of day, e.g. 06:30.") var time: String?
    @Option(help: "monday to sunday, of a weekly schedule.") var weekday: String?
    @Option(help: "1 to 31 or last, of a monthly or yearly one; 31 is the last day of any month.") var day: String?
    @Option(help: "1 to 12, of a yearly one.") var month: Int?
    @Option(help: "IANA time zone of the time of day and of the period's days.") var timezone: String?
    @Option(help: "A file with the request's JSON; - for standard input.") var request: String?
    @Flag(inversion: .prefixedNo, help: "Tell the tenant's webhook how each export ended.") var notify: Bool?
    @Flag(inversion: .prefixedEnableDisable, help: "Whether the schedule runs.") var schedule: Bool?

    /// As the members of a body.
    func object() throws -> JSONObject {
        var object = JSONObject()
        object["name"] = name.map { .string($0) }
        object["interval"] = interval.map { .string($0) }
        object["time"] = time.map { .string($0) }
        object["weekday"] = weekday.map { .string($0) }
        object["dayOfMonth"] = day.map { text in Int(text).map { .int($0) } ?? .string(text) }
        object["month"] = month.map { .int($0) }
        object["timezone"] = timezone.map { .string($0) }
        object["notify"] = notify.map { .bool($0) }
        object["enabled"] = schedule.map { .bool($0) }
        if let request { object["request"] = try Self.json(request) }
        return object
    }

    private static func json(_ path: String) throws -> JSON {
        let bytes: [UInt8]
        do throws(PosixError) {
            bytes =
                path == "-"
                ? try FileDescriptor(owning: dup(0)).readAll(limit: 1 << 20) : try File.bytes(at: path, limit: 1 << 20)
        } catch {
            throw CommandFailure("--request: \(error.debugDescription)", ExitStatus.noInput)
        }
        do {
            return try JSON.parse(bytes)
        } catch {
            throw CommandFailure("--request \(path) is not JSON: \(error)", ExitStatus.dataError)
        }
    }
}

/// What add and change hold a schedule against: the catalogs and the databases' time zones.
struct ScheduleCheck {
    let table: ScheduleTable
    private let catalogs: CatalogSet
    private let source: String

    init(_ values: SettingValues) throws {
        let folder = try values[\.catalogs]
        let (catalogs, faults) = CatalogLoader.load(try CatalogFolder.sources(in: folder))
        if let fault = faults.first(where: { $0.severity == .error }) {
            throw CommandFailure("\(fault); penstock catalog check lists all faults", ExitStatus.configuration)
        }
        self.catalogs = catalogs
        source = try values[\.sourceURL]
        table = ScheduleTable(
            try Queue.connect(
                try values[\.databaseURL], applicationName: "penstock schedules"
            ).connection)
    }

    func draft(_ body: JSON, tenant: String, language: String) throws -> ScheduleDraft {
        do {
            return try ScheduleDraft(
                body, in: catalogs, tenant: tenant, language: language, knowsTimeZone: knows(zone:))
        } catch RequestError.faults(let faults) {
            let lines = faults.map { $0.message.hasPrefix($0.field) ? $0.message : "\($0.field): \($0.message)" }
            throw CommandFailure(lines.joined(separator: "; "), ExitStatus.usage)
        }
    }

    /// Whether both the data's server and the queue's know a zone.
    private func knows(zone: String) throws -> Bool {
        try zone == "UTC"
            || TimeZoneName.isKnown(zone, to: table.connection)
                && TimeZoneName.isKnown(zone, to: try Connection(source, applicationName: "penstock schedules"))
    }
}

extension Timing {
    /// For a table: `monthly 31 06:30 Europe/Oslo`.
    var text: String {
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
