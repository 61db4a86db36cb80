import HTTP
import Testing

struct NegotiationTests {
    @Test(arguments: [
        ["application/problem+json"], ["application/problem+json, application/json"],
        ["APPLICATION/Problem+JSON;q=0.5"],
        ["application/json;q=0.9, application/problem+json"], ["application/json", "application/problem+json"],
        ["application/problem+json, */*"], ["text/html;x=\"a,b\", application/problem+json;q=0.001"],
    ])
    func `a client that names problem+json gets it`(_ values: [String]) {
        #expect(AcceptHeader(values).errorForm == .problem)
    }

    @Test(arguments: [
        [], [""], ["*/*"], ["application/json"], ["text/html"], ["application/problem+json;q=0"], ["application/*"],
        ["application/problem+json;q=0.5, application/json"], ["application/problem+json;q=0.5, */*"],
        ["application/problem+json;q=2"], ["application/problem+json;q=0.0001"], ["application/problem+json;q=x"],
        ["problem+json"], [";,;,"],
    ])
    func `every other client gets the form of the surface`(_ values: [String]) {
        #expect(AcceptHeader(values).errorForm == .surface)
    }
}
