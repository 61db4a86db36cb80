import JSON
import Support
import Testing
import Time

/// `penstock schedules`
@Suite(.waits) struct ScheduleCommandTests {
    private let stage: Stage
    private static let request: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv", "period": "previous_month",
        "columns": ["delivery_code"],
    ]

    init() throws { stage = try Stage.shared }

    private func run(_ arguments: [String], input: JSON = request) throws -> Shell.Outcome {
        try Shell.run(
            [TestRun.program, "schedules"] + arguments, environment: stage.settings, input: input.serialized)
    }

    private func json(_ arguments: [String]) throws -> JSON {
        let outcome = try run(arguments + ["--json"])
        guard outcome.status == 0 else { throw Unmet(outcome.errorText) }
        return try JSON.parse(outcome.output, limits: .stored)
    }

    private func add(_ timing: String...) throws -> JSON {
        try json(["add", "--tenant", stage.tenant, "--name", "Commands", "--request", "-"] + timing)
    }

    @Test func `schedules are added, shown, changed and removed`() throws {
        let made = try add("--interval", "monthly", "--day", "last", "--time", "06:30", "--timezone", "Europe/Oslo")
        let id = try #require(made["id"]?.string)
        #expect(made["createdBy"] == "penstock schedules" && made["dayOfMonth"] == 31)
        #expect(try stage.client.get("/report/schedules/\(id)").json["data"] == made)
        let table = try run(["list", "--tenant", stage.tenant])
        #expect(table.text.hasPrefix("ID ") && table.text.contains("monthly 31 06:30 Europe/Oslo"))
        #expect(try json(["list", "--tenant", stage.tenant, "--limit", "1000"]).array?.contains(made) == true)
        let changed = try json([
            "change", id, "--tenant", stage.tenant, "--interval", "daily", "--notify", "--disable-schedule",
        ])
        #expect(changed["interval"] == "daily" && changed["notify"] == true && changed["nextDueAt"] == .null)
        #expect(changed["name"] == "Commands" && changed["request"] == made["request"])
        #expect(try run(["remove", id, "--tenant", stage.otherTenant]).status == 66)
        #expect(try run(["remove", id, "--tenant", stage.tenant]).status == 0)
        #expect(try run(["show", id, "--tenant", stage.tenant]).status == 66)
    }

    @Test func `a wrong schedule gets one line and its status`() throws {
        let add = ["add", "--tenant", stage.tenant, "--name", "Wrong", "--interval", "daily", "--time", "06:30"]
        func refused(_ arguments: [String], _ status: Int32, _ holding: String, input: JSON = Self.request) throws {
            let outcome = try run(arguments, input: input)
            #expect(outcome.status == status && outcome.errorText.contains(holding), "\(outcome.errorText)")
            #expect(outcome.errors.count { $0 == 0x0A } == 1 && outcome.output.isEmpty)
        }
        try refused(add + ["--request", "-", "--day", "3"], 64, "dayOfMonth belongs to interval")
        try refused(add + ["--request", "-", "--timezone", "Europe/Atlantis"], 64, "timezone")
        try refused(add, 64, "request is required")
        try refused(add + ["--request", "/nowhere.json"], 66, "/nowhere.json")
        try refused(add + ["--request", "-"], 64, "there is no catalog a/b", input: ["module": "a", "catalog": "b"])
        try refused(["change", "abc", "--tenant", stage.tenant, "--name", "x"], 66, "abc")
        try refused(["change", "abc", "--tenant", stage.tenant], 64, "nothing to change")
    }

    /// The due times of the coming years, of zones whose clocks change in every way, against another implementation's.
    @Test(arguments: [
        ["Europe/Oslo", "daily", "02:30"], ["America/New_York", "daily", "01:30"],
        ["Australia/Lord_Howe", "daily", "02:15"], ["Pacific/Chatham", "daily", "03:00"],
        ["America/Santiago", "daily", "00:00"], ["Africa/Casablanca", "daily", "02:30"],
        ["Asia/Kathmandu", "weekly", "00:00"], ["America/St_Johns", "monthly", "23:59"], ["UTC", "yearly", "12:00"],
        ["Africa/Cairo", "daily", "00:15"], ["America/Nuuk", "daily", "23:30"], ["Europe/Dublin", "monthly", "01:00"],
    ])
    func `upcoming due times are those of Python's zoneinfo`(_ zone: [String]) throws {
        var timing = ["--timezone", zone[0], "--interval", zone[1], "--time", zone[2]]
        if zone[1] == "weekly" { timing += ["--weekday", "sunday"] }
        if zone[1] == "monthly" || zone[1] == "yearly" { timing += ["--day", "29"] }
        if zone[1] == "yearly" { timing += ["--month", "2"] }
        let made = try json(
            ["add", "--tenant", stage.tenant, "--name", "Zones", "--request", "-"] + timing)
        let id = try #require(made["id"]?.string)
        defer { _ = try? run(["remove", id, "--tenant", stage.tenant]) }
        let count = zone[1] == "daily" ? 900 : 12
        let shown = try json(["show", id, "--tenant", stage.tenant, "--upcoming", "\(count)"])
        let due = (shown["upcoming"]?.array ?? []).compactMap {
            $0["dueAt"]?.string.flatMap { Timestamp(rfc3339: $0)?.seconds }
        }
        #expect(due.count == count)
        var object = try #require(made.object)
        object["after"] = .int((due.first ?? 0) - 1)
        object["until"] = .int(due.last ?? 0)
        let said = try Shell.output(
            ["python3", "\(TestRun.source)/Tests/Readers/due_times.py"], input: JSON.object(object).serialized)
        let wanted = String(decoding: said, as: UTF8.self).split(separator: "\n").compactMap {
            $0.split(separator: " ").last.flatMap { Int64($0) }
        }
        #expect(due == wanted)
    }
}
