import SQLText
import Testing

@testable import Catalog

@Suite struct PartitionTests {
    private func partition(descending: Bool, _ comparison: ColumnComparison = .assumed) -> Partition {
        Partition(
            column: "t.\"at\"", isDescending: descending, table: "\"orders\"", condition: "t.\"tenant\" = 'a'",
            comparison: comparison)
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

    @Test func `a range of a type of another schema has that type's operators`() {
        let range = partition(descending: true, ComparisonTests.hstore).condition(KeyRange(first: "k=>b", end: "k=>a"))
        #expect(
            range.parameterized.text == #"""
                (t."at" operator("ext".#<=#) cast($1 as "ext"."hstore") and t."at" operator("ext".#>#) cast($2 as "ext"."hstore"))
                """#)
    }

    @Test func `keys are ranked as the server's ORDER BY ranks them`() {
        let ranks = partition(descending: true, ComparisonTests.folded).ranks(of: [
            SortKey("a"), SortKey(bytes: nil), SortKey(bytes: [0x43, 0xE9]),
        ]).parameterized
        #expect(
            ranks.text == #"""
                select dense_rank() over (order by k.key collate "pg_catalog"."C" desc) as rank
                from (values (0, cast($1 as "ext"."citext")), (1, cast(null as "ext"."citext")), \#
                (2, cast(convert_from(decode($2, 'hex'), 'SQL_ASCII') as "ext"."citext"))) as k (place, key)
                order by k.place
                """#)
        #expect(ranks.binds == ["a", "43e9"])
    }

    @Test func `bounds come in the order of the rows`() {
        let binds = { (descending: Bool) in
            self.partition(descending: descending).bounds(count: 4, samplePercent: 1).parameterized.binds
        }
        #expect(binds(false) == [#"{"0.25","0.5","0.75"}"#, "1.0"])
        #expect(binds(true) == [#"{"0.75","0.5","0.25"}"#, "1.0"])
    }
}
