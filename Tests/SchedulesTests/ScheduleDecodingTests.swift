import Catalog
import JSON
import Testing
import Time

@testable import Schedules

/// Bodies of create and change.
struct ScheduleDecodingTests {
    static func source(_ key: String, _ rest: String) -> CatalogSource {
        CatalogSource(
            path: "\(key).yaml",
            text: """
                module: sales
                key: \(key)
                category: operational
                label: Orders
                table: public.orders
                tenant: { column: tenant_id, type: text }
                uniqueKey: { column: id, type: uuid }
                columns: [{ key: code, label: Code, type: string, default: true }]
                formats: [csv, xlsx]
                filterKey: code
                \(rest)
                """)
    }

    static let catalogs = CatalogLoader.load([
        source("orders", "dateField: { column: created_at, type: datetime, label: Created }"),
        source("undated", ""),
    ]).catalogs

    private static let whole = """
        {"name":"Orders","interval":"monthly","time":"06:30","dayOfMonth":"last","timezone":"Europe/Oslo",
         "request":{"module":"sales","catalog":"orders","format":"csv","period":"previous_month","columns":["code"]}}
        """

    private func decode(_ body: JSON) throws -> ScheduleDraft {
        try ScheduleDraft(
            body, in: Self.catalogs, tenant: "acme", language: "en",
            knowsTimeZone: { ["UTC", "Europe/Oslo"].contains($0) })
    }

    /// A schedule's draft, for tests of what becomes of it.
    static func decoded(tenant: String) throws -> ScheduleDraft {
        try ScheduleDraft(
            try JSON.parse(whole), in: catalogs, tenant: tenant, language: "en", knowsTimeZone: { _ in true })
    }

    private func draft(_ text: String = whole) throws -> ScheduleDraft { try decode(try JSON.parse(text)) }

    private func faults(_ body: JSON) throws -> [String] {
        do {
            _ = try decode(body)
            return ["no fault"]
        } catch RequestError.faults(let faults) {
            return faults.map { "\($0.field): \($0.message)" }
        }
    }

    /// The whole body with members in place of its own, null to leave one out; `request.` reaches inside.
    private func body(_ changes: [(String, JSON)]) throws -> JSON {
        var object = try #require(try JSON.parse(Self.whole).object)
        var request = try #require(object["request"]?.object)
        for (key, value) in changes {
            if key.hasPrefix("request.") {
                request[String(key.dropFirst(8))] = value.isNull ? nil : value
                object["request"] = .object(request)
            } else {
                object[key] = value.isNull ? nil : value
            }
        }
        return .object(object)
    }

    @Test func `a body is read with its defaults, and its members give the same draft again`() throws {
        let draft = try draft()
        #expect(draft.enabled && !draft.notify && draft.name == "Orders")
        #expect(draft.timing == Timing(.monthly(day: 31), minute: 390, timeZone: "Europe/Oslo"))
        #expect(draft.period == .unit(.month, .previous))
        #expect(try self.draft(JSON.object(draft.members).text) == draft)
        #expect(draft.members["request"]?["period"] == "previous_month")
        #expect(draft.members["request"]?["timezone"] == nil && draft.members["request"]?["dateRange"] == nil)
    }

    @Test func `the create's body has the days, the zone and the notice`() throws {
        let draft = try draft()
        let day = try #require(CivilDate("2026-03-31"))
        let days = try #require(draft.period?.range(seenFrom: day))
        let body = draft.export.body(days: days, timeZone: "Europe/Oslo", notify: true)
        #expect(body["dateRange"] == ["from": "2026-02-01", "to": "2026-02-28"])
        #expect(body["timezone"] == "Europe/Oslo" && body["notifyOnCompletion"] == true && body["period"] == nil)
        let report = try #require(Self.catalogs.report(module: "sales", key: "orders"))
        #expect(throws: Never.self) { try RequestDecoding.decode(stored: body, of: report) }
    }

    @Test(
        arguments: [
            ([("name", nil)], "name: name is required"),
            ([("name", "")], "name: name must be 1 to 255 printable characters"),
            ([("interval", "hourly")], "interval: interval must be one of daily, weekly, monthly, yearly"),
            ([("time", "6:30")], "time: time must be a time of day such as 06:30"),
            ([("time", nil)], "time: time is required"),
            (
                [("timezone", "Oslo")],
                "timezone: timezone must be an IANA time zone such as UTC or Europe/Oslo; the database does not know Oslo"
            ),
            ([("dayOfMonth", 32)], "dayOfMonth: dayOfMonth must be a whole number from 1 to 31, or last"),
            ([("dayOfMonth", nil)], "dayOfMonth: dayOfMonth is required for interval monthly"),
            ([("weekday", "monday")], "weekday: weekday belongs to interval weekly"),
            ([("month", 2)], "month: month belongs to interval yearly"),
            ([("interval", "yearly"), ("month", 13)], "month: month must be a whole number from 1 to 12"),
            ([("interval", "daily")], "dayOfMonth: dayOfMonth belongs to interval monthly and yearly"),
            ([("interval", "weekly"), ("dayOfMonth", nil)], "weekday: weekday is required for interval weekly"),
            ([("enabled", "yes")], "enabled: enabled must be true or false"),
            ([("colour", "red")], "colour: unknown field"),
            ([("request", nil)], "request: request is required"),
            ([("request", 1)], "request: request must be an object"),
            ([("request.format", "pdf")], "request.format: request.format must be one of csv, xlsx"),
            ([("request.columns", ["nope"])], "request.columns: unknown column: nope"),
            (
                [("request.period", "yesterday")],
                "request.period: request.period must be previous_, current_ or next_ with day, week, month, quarter or year, or last_N_days"
            ),
            (
                [("request.dateRange", ["from": "2026-01-01", "to": "2026-01-02"])],
                "request.dateRange: request.dateRange is not part of a schedule's request; a schedule has a period"
            ),
            ([("request.timezone", "UTC")], "request.timezone: request.timezone is not part of a schedule's request"),
            (
                [("request.filterFile", "abc")],
                "request.filterFile: request.filterFile is not part of a schedule's request"
            ),
            ([("request.catalog", "undated")], "request.period: the catalog undated has no date field"),
            ([("request.size", 1)], "request.size: unknown field"),
        ] as [([(String, JSON)], String)])
    func `what is wrong is told by its place`(_ changes: [(String, JSON)], _ fault: String) throws {
        #expect(try faults(try body(changes)) == [fault])
    }

    @Test func `all faults are told at once`() throws {
        let faults = try faults(
            try body([("name", nil), ("time", "x"), ("request.format", "pdf"), ("request.period", "x")]))
        #expect(faults.map { $0.prefix { $0 != ":" } } == ["name", "time", "request.format", "request.period"])
    }

    @Test func `an unknown catalog is no fault of the body's`() throws {
        #expect(throws: RequestError.unknownCatalog(module: "sales", catalog: "nope")) {
            try decode(try body([("request.catalog", "nope")]))
        }
    }

    @Test func `a patch takes the place of members, and a new interval does not keep the old one's days`() throws {
        let draft = try draft()
        func patched(_ patch: JSON.Object) throws -> ScheduleDraft? {
            do {
                return try decode(draft.members(patchedBy: patch))
            } catch is RequestError {
                return nil
            }
        }
        #expect(try patched(["enabled": false])?.enabled == false)
        #expect(try patched(["timezone": nil])?.timing.timeZone == "UTC")
        #expect(try patched(["interval": "daily"])?.timing.recurrence == .daily)
        #expect(try patched(["interval": "weekly", "weekday": "friday"])?.timing.recurrence == .weekly(.friday))
        #expect(try patched(["name": nil]) == nil)
        #expect(try patched([:]) == draft)
    }
}
