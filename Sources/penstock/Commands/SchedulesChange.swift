import ArgumentParser
import Catalog
import Configuration
import HTTP
import JSON
import Posix
import Schedules
import Time

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
                of: ScheduleTable.Owner(
                    tenant: tenant, subject: subject, kind: nil, language: language, requestID: nil),
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
        commandName: "change", abstract: "Change the given members of a schedule; the others stay.")

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
                try check.table.change(tenant: tenant, id: uuid, by: nil) { schedule in
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
