import Catalog
import Formats
import Jobs
import Testing

@testable import Generation

@Suite struct PartPlanTests {
    @Test func `cuts at every bound, and leaves both ends open`() {
        #expect(
            PartPlan(bounds: ["10", "20"])?.ranges == [
                KeyRange(first: nil, end: "10"), KeyRange(first: "10", end: "20"), KeyRange(first: "20", end: nil),
            ])
    }

    @Test func `takes a bound that comes twice for one`() {
        #expect(
            PartPlan(bounds: ["a", "a", "b", "b"])?.ranges == [
                KeyRange(first: nil, end: "a"), KeyRange(first: "a", end: "b"), KeyRange(first: "b", end: nil),
            ])
    }

    @Test func `is no plan without a bound`() {
        #expect(PartPlan(bounds: []) == nil)
    }
}

@Suite struct PartWorkerResultTests {
    @Test func `comes back from its message`() {
        let tally = FileTally(formulasNeutralised: 3, textsCut: 1, bytesRepaired: 5)
        let file = JobPart.File(storedPath: "files/e5/x", size: 5, sha256: "00ff")
        for result in [
            PartWorker.Result(rows: 250_000, tally: tally), PartWorker.Result(rows: 0, tally: tally, file: file),
            PartWorker.Result(rows: 2, tally: tally, first: SortKey("Bo\"\t1"), last: SortKey(bytes: nil)),
            PartWorker.Result(rows: 2, tally: tally, first: SortKey(""), last: SortKey(bytes: [0x43, 0xE9])),
        ] {
            #expect(PartWorker.Result(result.message) == result)
        }
    }

    @Test(arguments: ["", "{", "{\"rows\":1}", "{\"rows\":1,\"formulasNeutralised\":"])
    func `half a message is none`(text: String) {
        #expect(PartWorker.Result(Array(text.utf8)) == nil)
    }
}

@Suite struct PartEdgesTests {
    private func compiled(_ columns: [String]) throws -> CompiledExport {
        let text = """
            module: a
            key: b
            category: tests
            label: B
            table: public.b
            tenant: { column: tenant }
            uniqueKey: { column: id, type: integer }
            columns:
              - { key: id, label: Id, type: integer, default: true }
              - { key: name, label: Name, type: string }

            """
        let report = try #require(
            CatalogLoader.load([CatalogSource(path: "b.yaml", text: text)]).catalogs.reports.first)
        let request = ExportRequest(
            module: "a", catalog: "b", format: .csv, columns: columns,
            sort: [SortTerm(field: "name", direction: .asc)])
        return try Compiler.compile(request, of: report, tenant: "t", language: "en")
    }

    private func taken(_ lines: [String], _ edges: PartEdges) -> [String] {
        lines.map { line in
            Array(line.utf8).withUnsafeBytes { String(decoding: edges.take($0), as: UTF8.self) }
        }
    }

    @Test func `a key that is one of the columns is read where it stands`() throws {
        let edges = PartEdges(try compiled(["id", "name"]))
        let lines = ["1\tBo\n", "2\tal\\tso\n", "3\t\\N\n"]
        #expect(edges.keys == nil)
        #expect(taken(Array(lines.prefix(1)), edges) == ["1\tBo\n"])
        #expect(edges.keys?.first == SortKey("Bo") && edges.keys?.last == SortKey("Bo"))
        #expect(taken(Array(lines.dropFirst()), edges) == Array(lines.dropFirst()))
        #expect(edges.keys?.first == SortKey("Bo") && edges.keys?.last == SortKey(bytes: nil))
    }

    @Test func `a key that is none of them stands before them and is taken off`() throws {
        let edges = PartEdges(try compiled(["id"]))
        #expect(taken(["Bo\\\\x\t1\n", "\t2\n"], edges) == ["1\n", "2\n"])
        #expect(edges.keys?.first == SortKey("Bo\\x") && edges.keys?.last == SortKey(""))
    }
}
