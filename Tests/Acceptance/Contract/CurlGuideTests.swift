import Glibc
import JSON
import Posix
import Support
import Testing

/// docs/curl.md has every call of the OpenAPI document, and its commands do what they say.
@Suite(.waits) struct CurlGuideTests {
    private static let path = "\(TestRun.source)/docs/curl.md"

    private static func guide() throws -> CurlGuide {
        CurlGuide(document: try JSON.parse(try Shell.output([TestRun.program, "openapi"]), limits: .stored))
    }

    /// `PENSTOCK_WRITE_DOCUMENTS=1` writes the page.
    @Test func `the page has every call, with the examples of the document`() throws {
        let guide = try Self.guide()
        if Host.environment("PENSTOCK_WRITE_DOCUMENTS") != nil {
            _ = try Shell.output(["tee", Self.path], input: Array(guide.page.utf8))
        }
        let page = String(decoding: try File.bytes(at: Self.path), as: UTF8.self)
        #expect(page == guide.page)
        #expect(guide.blocks.allSatisfy { !$0.commands.contains("{id}") && !$0.commands.contains("$url/{") })
        #expect(guide.operationIDs.count > 40 && Set(guide.operationIDs).count == guide.operationIDs.count)
    }

    @Test func `every command of the page is answered`() throws {
        let stage = try Stage()
        let folder = "\(TestRun.folder)/curl-\(UInt32.random(in: 0 ... .max))"
        try File.makeFolders(folder)
        let made = try stage.penstock("token", "--subject", "guide", "--tenant", stage.tenant, "--superuser")
        let blocks = try Self.guide().blocks.filter(\.call.runs)
        func script(_ blocks: [CurlGuide.Block]) -> String {
            blocks.map { "echo; echo '=== \($0.operation)'\n\($0.commands)" }.joined(separator: "\n")
        }
        let host = try #require(
            try JSON.parse(stage.penstock("hosts", "--json").output, limits: .stored).array?.first?["host"]?.string)
        let outcome = try Shell.run(
            [
                "bash", "-c",
                """
                set -euo pipefail
                cd "$0"
                \(CurlGuide.beginning)
                \(script(blocks.filter { !$0.call.meetsPending && !$0.call.last }))
                "$1" hosts drain "$2" --wait
                \(script(blocks.filter(\.call.meetsPending)))
                \(script(blocks.filter(\.call.last)))
                """, folder, TestRun.program, host,
            ],
            environment: stage.settings.merging(["url": stage["URL"], "token": String(made.text.dropLast())]) { $1 },
            within: 60)
        let done = outcome.text.split(separator: "\n").filter { $0.hasPrefix("=== ") }
        #expect(outcome.status == 0, "after \(done.last ?? "nothing"): \(outcome.errorText)")
        #expect(done.count == blocks.count)
        let file = try File.bytes(at: "\(folder)/orders.csv")
        let report = try File.bytes(at: "\(folder)/report.csv")
        #expect(file.count > 100 && report == file)
        let document = try JSON.parse(try File.bytes(at: "\(folder)/openapi.json"), limits: .stored)
        #expect(document["openapi"] == "3.1.0")
    }
}
