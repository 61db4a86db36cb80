import Catalog
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
        let tally = FileTally(formulasNeutralised: 3, textsCut: 1, integersAsText: 2, bytesRepaired: 5)
        let file = JobPart.File(storedPath: "files/e5/x", size: 5, sha256: "00ff")
        for result in [
            PartWorker.Result(rows: 250_000, tally: tally), PartWorker.Result(rows: 0, tally: tally, file: file),
        ] {
            #expect(PartWorker.Result(result.message) == result)
        }
    }

    @Test(arguments: ["", "{", "{\"rows\":1}", "{\"rows\":1,\"formulasNeutralised\":"])
    func `half a message is none`(text: String) {
        #expect(PartWorker.Result(Array(text.utf8)) == nil)
    }
}
