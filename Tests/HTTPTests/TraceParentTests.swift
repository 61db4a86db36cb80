import Testing

@testable import HTTP

/// `traceparent` by the rules of W3C Trace Context, sections 3.2 and 4.3.
struct TraceParentTests {
    private static let ids = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

    @Test(
        arguments: [
            ("00-\(ids)-01", "00-\(ids)-01"), ("00-\(ids)-00", "00-\(ids)-00"),
            // A later version is passed on as this one, with the flag that this one knows.
            ("01-\(ids)-01", "00-\(ids)-01"), ("cc-\(ids)-fe", "00-\(ids)-00"), ("fe-\(ids)-03-more", "00-\(ids)-01"),
        ])
    func `a valid one is taken`(_ header: String, _ text: String) {
        #expect(TraceParent([header])?.text == text)
    }

    @Test(arguments: [
        "", "00", "00-\(ids)", "00-\(ids)-1", "00-\(ids)-011", "00-\(ids)-01-", "00-\(ids)-01-more", "ff-\(ids)-01",
        "0-\(ids)-01", "00-\(ids.uppercased())-01", "00-\(ids)-0A", "0g-\(ids)-01", "00_\(ids)-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-000f067aa0ba902b7-01", "01-\(ids)-01more", " 00-\(ids)-01",
        "00-\(ids)-01 ", "00-\(ids)-01, 00-\(ids)-01", "00-4bf92f3577b34da6a3ce929d0e0e473é-0f067aa0ba902b7-01",
    ])
    func `an invalid one is ignored`(_ header: String) { #expect(TraceParent([header]) == nil) }

    @Test func `of two none counts, and none is none`() {
        let header = "00-\(Self.ids)-01"
        #expect(TraceParent([header, header]) == nil && TraceParent([]) == nil)
        #expect(Request(path: "/", headers: ["traceparent": header]).trace?.text == header)
        #expect(Request(path: "/").trace == nil)
    }
}
