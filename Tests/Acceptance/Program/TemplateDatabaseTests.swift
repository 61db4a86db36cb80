import Support
import Testing

@Suite(.waits) struct TemplateDatabaseTests {
    @Test func `each copy is its own, with Penstock's tables and the demo's users`() throws {
        let one = try TemplateDatabase(.jobs)
        let two = try TemplateDatabase(.jobs)
        #expect(try one.psql("select count(*) from penstock_users") == "2\n")
        try one.psql("delete from penstock_users")
        #expect(try two.psql("select count(*) from penstock_users") == "2\n")
        #expect(try Shell.output(["psql", "-X", "-Atc", "select current_user", "-d", one.url]).count == 9)
    }

    @Test func `the source is read by a role that may change nothing`() throws {
        let source = try TemplateDatabase(.source)
        let text = try Shell.run([
            "psql", "-X", "-Atc", "select count(*) > 1900 from delivery_orders", "-d", source.url,
        ])
        #expect(text.text == "t\n", "\(text.errorText)")
        let change = try Shell.run(["psql", "-X", "-c", "delete from delivery_orders", "-d", source.url])
        #expect(change.errorText.contains("read-only transaction"))
    }
}
