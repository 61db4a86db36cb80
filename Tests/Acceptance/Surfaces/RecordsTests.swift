import JSON
import Support
import Testing

/// The Records API: the records of exports, for clients of a Django application.
@Suite(.waits) struct RecordsTests {
    @Test func `a record is shown by its serial and by its id`() throws {
        let stage = try Stage.shared
        let (job, file) = try stage.client.export(JobLifeTests.small)
        let id = job["id"]?.string ?? ""
        let record = try stage.client.get("/api/v1/exports/\(try RecentTests.serial(stage, id))/").json
        #expect(try stage.client.get("/api/v1/exports/\(id)/").json["id"] == .string(id))
        #expect(record["id"] == .string(id) && record["status"] == "completed" && record["format_type"] == "csv")
        #expect(record["action_name"] == "export_warehouses" && record["viewset"] == "WarehousesExportViewSet")
        #expect(record["collected_count"] == job["rowCount"] && record["total_count"] == job["rowCount"])
        #expect(record["request_fields"] == ["name", "code", "city"] && record["error_message"] == "")
        #expect(record["requested_by"]?.string?.wholeMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f-]{21}/#) != nil)
        let link = try ReportsTests.target(record["result_file"]?.string, stage)
        #expect(try stage.client(.none).get(link).body == file)
        #expect((record["result_file"]?.string?.utf8.count ?? 999) <= 512)
    }

    @Test func `the list is an array with its total and its neighbours in the head`() throws {
        let stage = try Stage.shared
        let own = try ReportsTests.tenantOfItsOwn(stage, reports: 5)
        let all = try own.get("/api/v1/exports/")
        let ids = try (all.json.array ?? []).compactMap { $0["id"]?.string }
        #expect(ids.count == 5 && all["X-Total-Count"] == "5" && all["Link"] == nil)
        #expect(ids == ids.sorted(by: >))
        var seen: [String] = []
        var target: String? = "/api/v1/exports/?limit=2&status=completed"
        while let next = target {
            let reply = try own.get(next)
            seen += try (reply.json.array ?? []).compactMap { $0["id"]?.string }
            #expect(reply["X-Total-Count"] == "5")
            let links = (reply["Link"] ?? "").split(separator: ", ")
            let following = links.first { $0.hasSuffix("; rel=\"next\"") }
            target = try following.map { link in
                try ReportsTests.target(String(link.dropFirst().prefix { $0 != ">" }), stage)
            }
        }
        #expect(seen == ids)
        let middle = try own.get("/api/v1/exports/?limit=2&offset=2")["Link"] ?? ""
        for relation in ["first", "prev", "next", "last"] { #expect(middle.contains("rel=\"\(relation)\"")) }
    }

    @Test func `every lookup of the date of creation compares what its name says`() throws {
        let stage = try Stage.shared
        let own = try ReportsTests.tenantOfItsOwn(stage, reports: 2)
        let ids = try (own.get("/api/v1/exports/").json.array ?? []).compactMap { $0["id"]?.string }
        // A Friday, the last of a leap February: week 9, quarter 1; and a Sunday that belongs to the ISO year before.
        let times = ["2024-02-29T23:59:59.5Z", "2023-01-01T00:00:00Z"]
        for (id, time) in zip(ids, times) {
            try stage.rows("update report_export_jobs set requested_at = '\(time)' where id = '\(id)'")
        }
        // The names after created_date, a value, and which of the two it finds.
        let cases: [(String, String, [Int])] = [
            ("", "2023-01-01T00:00:00Z", [1]), ("", "2023-01-01", [1]), ("", "2024-02-29T23:59:59.5Z", [0]),
            ("__exact", "2023-01-01T01:00:00%2B01:00", [1]), ("__gt", "2023-01-01T00:00:00Z", [0]),
            ("__gte", "2023-01-01T00:00:00Z", [0, 1]), ("__lt", "2024-02-29T23:59:59.5Z", [1]),
            ("__lte", "2024-02-29 23:59:59.5", [0, 1]), ("__range", "2023-01-01,2023-01-01T00:00:00Z", [1]),
            ("__date", "2024-02-29", [0]), ("__date__gt", "2024-02-28", [0]), ("__date__gt", "2024-02-29", []),
            ("__date__gte", "2024-02-29", [0]), ("__date__lt", "2024-02-29", [1]),
            ("__date__lte", "2024-02-29", [0, 1]),
            ("__date__range", "2023-01-01,2024-02-28", [1]), ("__year", "2024", [0]), ("__year__lt", "2024", [1]),
            ("__year__gte", "2023", [0, 1]), ("__month", "2", [0]), ("__month__lt", "2", [1]), ("__day", "29", [0]),
            ("__day__gt", "29", []), ("__quarter", "1", [0, 1]), ("__week", "9", [0]), ("__week", "52", [1]),
            ("__iso_year", "2022", [1]), ("__week_day", "5", [0]), ("__week_day", "1", [1]),
            ("__iso_week_day", "4", [0]), ("__iso_week_day", "7", [1]), ("__hour", "23", [0]),
            ("__minute__gte", "59", [0]),
            ("__second", "59", [0]), ("__time", "00:00:00", [1]), ("__time__gt", "23:59:59", [0]),
        ]
        for (lookup, value, found) in cases {
            let reply = try own.get(
                "/api/v1/exports/?created_date\(lookup)=\(value.replacingOccurrence(of: " ", with: "%20"))")
            let seen = try (reply.json.array ?? []).compactMap { $0["id"]?.string }
            #expect(
                Set(seen) == Set(found.map { ids[$0] }), "created_date\(lookup)=\(value): \(reply.text.prefix(200))")
        }
        let both = try own.get(
            "/api/v1/exports/?created_date__gte=2023-06-01&created_date__lt=2024-06-01&status=completed")
        #expect(try both.json.array?.count == 1)
    }

    @Test func `only a superuser sets cancelled, and only what still runs`() throws {
        let stage = try Stage.shared
        let id = try stage.client.create(JobLifeTests.long)["id"]?.string ?? ""
        let target = "/api/v1/exports/\(try RecentTests.serial(stage, id))/set_cancel/"
        let refused = try stage.client.send("POST", target)
        #expect(refused.status == 403)
        #expect(refused.text == #"{"detail":"You do not have permission to perform this action."}"#)
        let admin = stage.client(.bearer(stage["ADMIN_TOKEN"]))
        let done = try admin.send("POST", target)
        #expect(try done.status == 200 && done.json["status"] == "cancelled" && done.json["result_file"] == .null)
        let again = try admin.send("POST", target)
        #expect(again.status == 409 && again.text == #"{"detail":"The export is already cancelled."}"#)
        #expect(
            try admin.send("POST", "/api/v1/exports/9223372036854775807/set_cancel/").text
                == #"{"detail":"Not found."}"#)
        #expect(try stage.client.job(id)["status"] == "cancelled")
    }
}
