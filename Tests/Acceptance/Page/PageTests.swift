import Glibc
import JSON
import Posix
import Support
import Testing

/// The web page in Debian's Chromium, through a real nginx, as a person would use it: the scenes of
/// `Tests/Page/drive.py`. With `PENSTOCK_SHOTS=folder` each view is left there as a picture.
@Suite(.waits) struct PageTests {
    /// Not the stage of all tests: hundreds of exports of theirs would push those of a scene off the list's first page.
    private static let stage = Result { try Stage(["DEMO_ROWS": "20000", "PENSTOCK_WORKERS": "2"]) }

    @Test(arguments: [
        ["frogner", "keys"], ["columns", "roles"], ["living", "phone"], ["keyboard", "schedules"],
        ["norwegian", "saves"], ["administration", "prefix"],
    ])
    func `the page does what is wanted of it`(scenes: [String]) throws {
        try Self.play(scenes, on: try Self.stage.get())
    }

    @Test(.timeLimit(.minutes(25))) func `axe finds nothing in any view, from 320 pixels to 3840, in both themes`()
        throws
    {
        try Self.play(["views"], on: try Self.stage.get())
    }

    @Test func `whoever has no credential is asked for one, and loses nothing when it ends`() throws {
        let stage = try Self.stage.get()
        let key = try stage.penstock(
            "keys", "create", "--tenant", stage.tenant, "--name", "short", "--permission", "view:reports",
            "--permission", "export:reports", "--json")
        let both = try stage.penstock(
            "token", "--subject", "both", "--tenant", stage.tenant, "--tenant", "nordlys-frakt", "--permission",
            "view:reports")
        try Self.play(
            ["signing"], on: stage,
            [
                "SHORT_KEY": try JSON.parse(Array(key.text.utf8))["key"]?.string ?? "",
                "SHORT_PREFIX": try JSON.parse(Array(key.text.utf8))["prefix"]?.string ?? "",
                "BOTH_TOKEN": String(both.text.dropLast()),
            ])
    }

    @Test func `one tab asks no more than fifteen times while twenty exports run`() throws {
        try Self.play(["twenty"], on: try Stage(["DEMO_ROWS": "20000", "PENSTOCK_WORKERS": "2"]))
    }

    @Test func `a running export says how many of its parts are whole`() throws {
        let failpoints = "\(TestRun.folder)/page-failpoints"
        let point = "\(failpoints)/\(Failpoint.fileSynced.rawValue)"
        try File.makeFolders(failpoints)
        let stage = try Stage([
            "DEMO_ROWS": "20000", "PENSTOCK_WORKERS": "2", "PENSTOCK_PARTS_FROM_ROWS": "5000",
            "PENSTOCK_STALL_SECONDS": "600", "PENSTOCK_FAILPOINTS": failpoints,
        ])
        // The first of its processes that has a whole file stands still: a part's, or that of the export.
        _ = try Shell.output(["tee", point], input: Array("stop".utf8))
        let id = try #require(try stage.client.create(PartFilesTests.request("csv"))["id"]?.string)
        let planned = "select count(*) from report_export_jobs where id = '\(id)' and parts_total > 1"
        #expect(try eventually(within: 60) { try stage.value(planned) == "1" && access(point, F_OK) != 0 })
        let exports = stage.children(named: "dispatcher").flatMap { Process.children(of: $0) }
        let processes = exports + exports.flatMap { Process.children(of: $0) }
        defer { for process in processes { kill(process, SIGCONT) } }
        let held = processes.map(String.init).joined(separator: " ")
        try Self.play(["parts"], on: stage, ["HELD_JOB": id, "HELD_PROCESSES": held])
    }

    @Test func `an installation that has nothing of the demo is used at once`() throws {
        let folder = "\(TestRun.folder)/catalogs-foreign"
        _ = try Shell.output(["cp", "-r", "\(TestRun.source)/sql/demo/catalogs", folder])
        let stage = try Stage(["PENSTOCK_CATALOGS": folder])
        for script in ["schema.sql", "load.sql"] {
            _ = try Shell.output([
                "bash", "-ec", #"cd "$0"; psql -X -q -v ON_ERROR_STOP=1 -d "$1" -f "$2""#, GeonamesTests.fixtures,
                stage.url(.sourceOwner), script,
            ])
        }
        try stage.psql(
            "grant usage on schema geo to public; grant select on all tables in schema geo to public",
            on: .sourceOwner)
        _ = try Shell.output([
            "bash", "-ec", #"rm -r "$0"/*; cp -r "$1"/. "$0""#, folder, GeonamesTests.catalogs,
        ])
        try stage.reload { try stage.client.get("/report/catalogs/geo").status == 200 }
        let token = try stage.penstock(
            "token", "--subject", "geographer", "--tenant", "EU", "--permission", "view:reports", "--permission",
            "export:reports")
        try Self.play(["foreign"], on: stage, ["PENSTOCK_TOKEN": String(token.text.dropLast())])
    }

    /// Plays scenes one after the other in one browser.
    static func play(_ scenes: [String], on stage: Stage, _ more: [String: String] = [:]) throws {
        let environment = try Shell.run(["\(TestRun.source)/Tests/Readers/environment", "Page"], within: 300)
        try #require(environment.status == 0, "\(environment.errorText)")
        var variables = stage.variables
        variables["PENSTOCK_SHOTS"] = environmentValue("PENSTOCK_SHOTS")
        variables["PENSTOCK_BINARY"] = TestRun.program
        variables["PENSTOCK_SOURCE_URL"] = stage.url(.sourceOwner)
        let outcome = try Shell.run(
            [String(environment.text.filter { $0 != "\n" }), "\(TestRun.source)/Tests/Page/drive.py"] + scenes,
            environment: variables.merging(more) { $1 }, within: 600)
        #expect(outcome.status == 0, "\(outcome.errorText.suffix(3000))")
        print(outcome.text, terminator: "")
    }
}
