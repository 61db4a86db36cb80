import HTTP

/// A text in one or more languages: labels and descriptions of a catalog.
///
/// Language tags are BCP 47 and compared without regard to case. A plain string in a catalog file is a text in
/// `defaultLanguage` alone.
package struct LocalizedText: Equatable, Sendable {
    /// The language of a plain string, and the one to fall back to.
    package static let defaultLanguage = "en"

    /// In the order of the file; tags are lower case and distinct.
    package let texts: [(language: String, text: String)]
    /// The canonical tag of each: a catalog may have `iw` or `nb_no`.
    private let tags: [String]

    package init(_ text: String) {
        texts = [(Self.defaultLanguage, text)]
        tags = [Self.defaultLanguage]
    }

    package init(_ texts: [(language: String, text: String)]) {
        self.texts = texts.map { ($0.language.lowercased(), $0.text) }
        tags = texts.map { LanguageTag($0.language)?.text ?? $0.language }
    }

    /// The text for a caller's `language` (RFC 4647 section 3.4): of the tag itself, else of its shorter forms
    /// (`nb-NO`, then `nb`), else of a language that its readers take before others (`nb` for `nn`), else of the
    /// default language, else the first one. Any string may be asked for; an unknown one is no fault.
    package func label(_ language: String) -> String {
        guard texts.count > 1 else { return texts.first?.text ?? "" }
        for tag in (LanguageTag(language)?.labelLookup ?? []) + [Self.defaultLanguage] {
            if let text = text(in: tag) { return text }
        }
        return texts[0].text
    }

    /// - Parameter language: a canonical tag.
    private func text(in language: String) -> String? {
        tags.firstIndex(of: language).map { texts[$0].text }
    }

    package static func == (left: LocalizedText, right: LocalizedText) -> Bool {
        left.texts.elementsEqual(right.texts) { $0.language == $1.language && $0.text == $1.text }
    }
}
