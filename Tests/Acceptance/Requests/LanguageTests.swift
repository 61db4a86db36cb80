import JSON
import Support
import Testing

/// Languages and locales as browsers and systems have them, on every surface that takes one.
@Suite(.waits) struct LanguageTests {
    private static func request(_ locale: String) -> JSON {
        guard case .object(var members) = JobLifeTests.small else { return nil }
        members["locale"] = .string(locale)
        return .object(members)
    }

    @Test(arguments: [
        ("zh-Hans-CN", "zh-CN"), ("sr-Latn-RS", "sr-RS"), ("es-419", "es-419"), ("en-150", "en-150"),
        ("de_DE", "de-DE"),
        ("de-DE-u-nu-latn", "de-DE"), ("ca-ES-valencia", "ca-ES"), ("iw-IL", "he-IL"), ("no", "no"), ("ar-EG", "ar"),
    ])
    func `a locale is looked up wherever one is taken`(_ given: String, _ found: String) throws {
        let stage = try Stage.shared
        let client = stage.client
        #expect(try client.post("/report/exports/preview", Self.request(given)).status == 200)
        let created = try client.post("/report/exports", Self.request(given))
        #expect(created.status == 202)
        let id = try created.json["data"]?["id"]?.string ?? ""
        #expect(try stage.value("select request->>'locale' from report_export_jobs where id = '\(id)'") == found)
        _ = try client.job(id, reaching: "ready")
        let again: JSON = ["report_id": .string(id), "export_params": ["format": "csv", "locale": .string(given)]]
        let reexport = try client.post("/api/v1/report-reexports", again)
        #expect(reexport.status == 202, "\(reexport.text)")
        let scheduled = try client.post("/report/schedules", ScheduleTests.body(request: [("locale", .string(given))]))
        #expect(scheduled.status == 201, "\(scheduled.text)")
        let schedule = try scheduled.json["data"]?["id"]?.string ?? ""
        #expect(try client.send("DELETE", "/report/schedules/\(schedule)").status < 300)
        let output = "\(TestRun.folder)/locale-\(found).csv"
        let export = try stage.penstock(
            "export", "--tenant", stage.tenant, "--catalog", "warehouses", "--locale=\(given)", "--output", output)
        #expect(export.status == 0, "\(export.errorText)")
    }

    @Test(arguments: ["zz", "C", "x-private", "", "nb-NO ", "../../etc"], Depth.allCases)
    func `nonsense is still a fault`(_ locale: String, at depth: Depth) throws {
        let stage = try depth.shared
        for path in ["/report/exports", "/report/exports/preview"] {
            let reply = try stage.api.post(path, Self.request(locale))
            #expect(reply.status == 400 && reply.text.contains("\"field\":\"locale\""), "\(reply.text)")
        }
        let scheduled = try stage.api.post(
            "/report/schedules", ScheduleTests.body(request: [("locale", .string(locale))]))
        #expect(scheduled.status == 400, "\(scheduled.text)")
        let export = try stage.penstock(
            "export", "--tenant", stage.tenant, "--catalog", "warehouses", "--locale=\(locale)", "--output",
            "\(TestRun.folder)/never.csv")
        #expect(export.status == 64, "\(export.errorText)")
    }

    @Test(arguments: Depth.allCases)
    func `labels are in the language that a reader takes before English`(at depth: Depth) throws {
        let stage = try depth.shared
        for tag in ["nb", "nb-NO", "nb_NO", "no", "no-NO", "nn", "nn-NO", "nb-NO-u-nu-latn", "NB-no"] {
            let reply = try stage.api.get("/report/catalogs/delivery?language=\(tag)")
            #expect(reply.status == 200 && reply.text.contains("Leveranseordrer"), "\(tag)")
        }
        for tag in ["de_DE", "zh-Hans-CN", "sv", "en-US@posix", "es-419"] {
            let reply = try stage.api.get("/report/catalogs/delivery?language=\(tag.replacing("@", with: "%40"))")
            #expect(reply.status == 200 && reply.text.contains("Delivery Orders"), "\(tag)")
        }
        for tag in ["C", "x-private", "", "e", "nb%20"] {
            #expect(try stage.api.get("/report/catalogs/delivery?language=\(tag)").status == 400, "\(tag)")
        }
    }
}
