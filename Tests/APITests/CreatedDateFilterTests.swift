import HTTP
import Jobs
import Testing
import Time

@testable import API

@Suite struct CreatedDateFilterTests {
    private func filter(_ query: String) throws -> CreatedDateFilter { try CreatedDateFilter(Query(parsing: query)) }

    @Test func `conditions on instants, days and years come to one span`() throws {
        let span = try filter(
            "created_date__date__gte=2024-02-29&created_date__lt=2024-03-01T12:00:00Z&created_date__year=2024")
        #expect(span.from?.rfc3339 == "2024-02-29T00:00:00Z" && span.before?.rfc3339 == "2024-03-01T12:00:00Z")
        #expect(span.parts.isEmpty)
        #expect(try filter("created_date__date=9999-12-31").before == .latest)
        #expect(try filter("created_date__year__lte=9999").before == .latest)
        let exact = try filter("created_date=2024-01-01T00:00:00Z")
        #expect(exact.before.map(\.microseconds) == exact.from.map { $0.microseconds + 1 })
    }

    @Test func `lookups of one part come to one condition`() throws {
        let many = (1...30).map { "created_date__month__\($0 % 2 == 0 ? "gte" : "lte")=\($0 % 2 == 0 ? 3 : 9)" }
        let parts = try filter(Set(many).sorted().joined(separator: "&") + "&created_date__month__range=4,12").parts
        #expect(parts.map(\.field) == ["month"] && parts.map(\.low) == [4] && parts.map(\.high) == [9])
    }

    @Test func `other parts are compared by themselves`() throws {
        let parts = try filter("created_date__month__gt=2&created_date__week_day=1&created_date__hour__range=9,17")
            .parts
        #expect(parts.map(\.field) == ["month", "dow", "hour"])
        #expect(parts.map(\.low) == [3, 0, 9] && parts.map(\.high) == [.max, 0, 17])
    }

    @Test func `a bad lookup and a bad value name the parameter`() {
        for query in [
            "created_date__x=1", "created_date__month=x", "created_datex=1", "created_date__gt__gt=2024-01-01",
        ] {
            #expect(throws: APIError.self, "\(query)") { try filter(query) }
        }
    }
}
