import JSON
import Jobs
import Testing

@testable import API

/// The words of the OpenAPI document for the states of jobs are those that the surfaces send.
@Suite struct StatusWordsTests {
    private let schemas: JSON

    init() throws {
        schemas = try #require(try OpenAPIDocument.make(publicURL: "")["components"]?["schemas"])
    }

    @Test func `the Exports API has a word for each state`() {
        #expect(words(schemas["JobState"]) == Set(JobState.allCases.map(\.rawValue)))
    }

    @Test func `the other APIs have the words that states are shown as`() {
        #expect(words(schemas["RecordStatus"]) == Set(RecordStatus.allCases.map(\.rawValue)))
        #expect(words(schemas["ReexportStatus"]) == Set(ReexportStatus.allCases.map(\.rawValue)))
        #expect(words(schemas["RecentExport"]?["properties"]?["status"]) == Set(RecentStatus.allCases.map(\.rawValue)))
    }

    private func words(_ schema: JSON?) -> Set<String> { Set(schema?["enum"]?.array?.compactMap(\.string) ?? []) }
}
