import JSON

/// The formats there are: the one list that a new format is put into.
extension ExportFormat: CaseIterable {
    package static let allCases: [ExportFormat] = [.csv, .xlsx, .jsonl]
}

/// One of the formats that a report can be exported as.
package struct ExportFormat: RawRepresentable, Hashable, Sendable {
    package let format: any FileFormat

    package init(_ format: some FileFormat) {
        self.format = format
    }

    /// - Parameter rawValue: the word in requests.
    package init?(rawValue: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = found
    }

    package var rawValue: String { format.word }

    package static func == (one: ExportFormat, other: ExportFormat) -> Bool { one.rawValue == other.rawValue }
    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension ExportFormat {
    /// The members of requests that belong to some format, each once.
    package static let options: [FormatOption] = {
        var options: [FormatOption] = []
        for option in allCases.flatMap(\.format.options) where !options.contains(where: { $0.name == option.name }) {
            options.append(option)
        }
        return options
    }()

    /// The kinds of files there are, each once.
    package static let kinds: [FileKind] = {
        var kinds: [FileKind] = []
        for kind in allCases.flatMap(\.format.kinds) where !kinds.contains(kind) { kinds.append(kind) }
        return kinds
    }()

    /// The options of a request of this format in which they are all left out.
    package var defaults: FormatOptions { FormatOptions(defaultsOf: format.options) }

    /// Whether a request of this format may say something by the option.
    package func has(_ option: FormatOption) -> Bool { format.options.contains { $0.name == option.name } }

    /// The words of the formats that have an option: `csv`, or `csv or jsonl`.
    package static func words(having option: FormatOption) -> String {
        allCases.filter { $0.has(option) }.map(\.rawValue).joined(separator: " or ")
    }
}

extension ExportFormat {
    /// How the file of a stored request is written, as far as its kind goes.
    package func variant(ofStored request: JSON) -> any FileVariant {
        format.variant(
            FileRequest(
                options: FormatOptions(stored: request, of: format.options),
                includesAnnexes: request["includeAnnexes"] == true))
    }
}
