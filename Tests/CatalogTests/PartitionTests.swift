import Postgres
import Testing

@testable import Catalog

@Suite struct PartitionTests {
    private func partition(descending: Bool) -> Partition {
        Partition(column: "t.\"at\"", isDescending: descending, table: "\"orders\"", condition: "t.\"tenant\" = 'a'")
    }

    private func text(_ range: KeyRange, descending: Bool) -> String {
        partition(descending: descending).condition(range).parameterized.text
    }

    @Test func `an ascending range holds its first value, and the last range the rows without one`() {
        #expect(text(KeyRange(first: nil, end: "5"), descending: false) == "(t.\"at\" < $1)")
        #expect(text(KeyRange(first: "5", end: "9"), descending: false) == "(t.\"at\" >= $1 and t.\"at\" < $2)")
        #expect(text(KeyRange(first: "9", end: nil), descending: false) == "(t.\"at\" >= $1 or t.\"at\" is null)")
    }

    @Test func `a descending range holds its first value, and the first range the rows without one`() {
        #expect(text(KeyRange(first: nil, end: "9"), descending: true) == "(t.\"at\" > $1 or t.\"at\" is null)")
        #expect(text(KeyRange(first: "9", end: "5"), descending: true) == "(t.\"at\" <= $1 and t.\"at\" > $2)")
        #expect(text(KeyRange(first: "5", end: nil), descending: true) == "(t.\"at\" <= $1)")
    }

    @Test func `the whole is a range without ends`() {
        #expect(text(KeyRange(first: nil, end: nil), descending: false) == "true")
    }

    @Test func `bounds come in the order of the rows`() {
        let binds = { (descending: Bool) in
            self.partition(descending: descending).bounds(count: 4, samplePercent: 1).parameterized.binds
        }
        #expect(binds(false) == [#"{"0.25","0.5","0.75"}"#, "1.0"])
        #expect(binds(true) == [#"{"0.75","0.5","0.25"}"#, "1.0"])
    }
}
