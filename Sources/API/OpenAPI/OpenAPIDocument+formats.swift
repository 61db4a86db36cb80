import Formats

extension OpenAPIDocument {
    /// A fragment in which the list of formats takes the place of
    ///
    ///     {{formats}}          csv, xlsx                   the words of requests, in a list
    ///     {{report_words}}     csv|excel                   those of the Recent API, in a pattern
    ///     {{report_endings}}   `_csv` or `_excel`          and in a description
    ///     {{files}}            text/csv: {…}, …            what a download may be, in a mapping
    static func filled(_ fragment: String) -> String {
        let words = ExportFormat.allCases.map(\.format.recentWord)
        return
            fragment
            .replacing("{{formats}}", with: ExportFormat.allCases.map(\.rawValue).joined(separator: ", "))
            .replacing("{{report_words}}", with: words.joined(separator: "|"))
            .replacing("{{report_endings}}", with: listed(words.map { "`_\($0)`" }))
            .replacing("{{files}}", with: mediaTypes.map(content).joined(separator: ", "))
    }

    /// Without their parameters, each once: gzip files of two formats are of one media type.
    private static var mediaTypes: [String] {
        var types: [String] = []
        for kind in ExportFormat.kinds {
            let type = kind.mediaType.split(separator: ";").first.map(String.init) ?? kind.mediaType
            if !types.contains(type) { types.append(type) }
        }
        return types
    }

    private static func listed(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.joined() }
        return "\(words.dropLast().joined(separator: ", ")) or \(last)"
    }

    /// A member of a response's content.
    private static func content(_ type: String) -> String {
        let schema = type.hasPrefix("text/") ? "" : ", contentMediaType: \(type)"
        return "\(type): { schema: { type: string\(schema) } }"
    }
}
