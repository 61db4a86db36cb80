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

    @Test(arguments: ["en", "nb-NO", "zh-Hans-CN", "sl-rozaj-biske", "de-CH-1996"])
    func `takes a language tag`(_ text: String) {
        #expect(LanguageTag(text)?.text == text)
    }

    @Test(arguments: [
        "", "e", "*", "../../etc", "en\r\nX: y", "en_US", "en-", "-en", "en--us", "1e", "en us", "é",
        "abcdefghi", "en-" + String(repeating: "a-", count: 5_000) + "a",
    ])
    func `refuses what is no language tag`(_ text: String) {
        #expect(LanguageTag(text) == nil)
    }

    @Test func `a longer tag is served by a shorter one`() {
        #expect(LanguageTag("nb-NO")?.bestMatch(among: ["en", "nb"]) == "nb")
        #expect(LanguageTag("EN")?.bestMatch(among: ["en-GB", "en"]) == "en")
        #expect(LanguageTag("en")?.bestMatch(among: ["en-GB"]) == nil)
    }

    @Test(
        arguments: [
            (["nb-NO, en;q=0.8"], "nb"), (["en;q=0.8, nb;q=0.9"], "nb"), (["fr, *;q=0.1"], nil), (["nb;q=0, en"], "en"),
            ([], nil), (["../../etc, en;q=0.3"], "en"), (["en, nb"], "en"),
        ] as [([String], String?)])
    func `Accept-Language is weighed`(_ values: [String], _ expected: String?) {
        #expect(LanguageTag.preferred(among: ["en", "nb"], accepting: values) == expected)
    }
}
