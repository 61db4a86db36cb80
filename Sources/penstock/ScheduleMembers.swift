import ArgumentParser
import JSON

/// The members of a schedule that are given on the command line.
struct ScheduleMembers: ParsableArguments {
    @Option(help: "The name of the schedule.") var name: String?
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
    /// - Throws: `CommandFailure` for a request that cannot be read.
    func object() throws -> JSON.Object {
        var object = JSON.Object()
        object["name"] = name.map { .string($0) }
        object["interval"] = interval.map { .string($0) }
        object["time"] = time.map { .string($0) }
        object["weekday"] = weekday.map { .string($0) }
        object["dayOfMonth"] = day.map { text in Int(text).map { .int($0) } ?? .string(text) }
        object["month"] = month.map { .int($0) }
        object["timezone"] = timezone.map { .string($0) }
        object["notify"] = notify.map { .bool($0) }
        object["enabled"] = schedule.map { .bool($0) }
        if let request { object["request"] = try RequestFile.json(request) }
        return object
    }
}
