/// A text in one or more languages: labels and descriptions of a catalog.
///
/// Language tags are BCP 47 and compared without regard to case. A plain string in a catalog file is a text in
/// `defaultLanguage` alone.
package struct LocalizedText: Equatable, Sendable {
    /// The language of a plain string, and the one to fall back to.
    package static let defaultLanguage = "en"

    /// In the order of the file; tags are lower case and distinct.
    package let texts: [(language: String, text: String)]

    package init(_ text: String) {
        texts = [(Self.defaultLanguage, text)]
    }

    package init(_ texts: [(language: String, text: String)]) {
        self.texts = texts.map { ($0.language.lowercased(), $0.text) }
    }

    /// The text for a caller's `language`: of the tag itself, else of its shorter forms (`nb-NO`, then `nb`), else of
    /// the default language, else the first one. Any string may be asked for; an unknown one is no fault.
    package func label(_ language: String) -> String {
        var subtags = language.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        while !subtags.isEmpty {
            if let text = text(in: subtags.joined(separator: "-")) { return text }
            subtags.removeLast()
        }
        return text(in: Self.defaultLanguage) ?? texts.first?.text ?? ""
    }

    private func text(in language: String) -> String? {
        texts.first { $0.language == language }?.text
    }

    package static func == (left: LocalizedText, right: LocalizedText) -> Bool {
        left.texts.elementsEqual(right.texts) { $0.language == $1.language && $0.text == $1.text }
    }
}
