import Coding

/// A language tag such as `en`, `nb-NO` or `zh-Hans-CN`, reduced to the subtags by which texts and number formats are
/// chosen.
///
/// It accepts the names that browsers and systems give a language: the shape of RFC 5646 without its registry, `_` for
/// `-` too, and the endings of POSIX (`de_DE.UTF-8`, `en-US@posix`). Extensions, private use and variants are dropped
/// (RFC 4647 section 3.4 lets a lookup do so), codes that were replaced become the new ones (`iw` is `he`), and the
/// case is that of RFC 5646.
package struct LanguageTag: Equatable, Sendable {
    /// In small letters.
    package let language: String
    /// `Hans`, `Latn`.
    package let script: String?
    /// `CN`, `419`.
    package let region: String?

    /// nil unless the text is letters and digits between single hyphens; so a tag is safe in any text.
    package init?(_ text: String) {
        guard text.utf8.count <= 64, let parts = Self.parts(of: text), let first = parts.first,
            (2...8).contains(first.utf8.count), first.utf8.allSatisfy(\.isASCIILetter)
        else { return nil }
        var rest = parts.dropFirst()
        // An extended language, which stands for the first one: zh-yue is looked up as zh.
        while let part = rest.first, part.utf8.count == 3, part.utf8.allSatisfy(\.isASCIILetter) { rest.removeFirst() }
        var (script, region): (String?, String?)
        if let part = rest.first, part.utf8.count == 4, part.utf8.allSatisfy(\.isASCIILetter) {
            script = part.prefix(1).uppercased() + String(part.dropFirst()).lowercasedASCII
            rest.removeFirst()
        }
        if let part = rest.first, Self.isRegion(part) { region = part.uppercased() }
        let code = first.lowercasedASCII
        language = Self.replaced[code] ?? code
        self.script = script ?? (code == "sh" ? "Latn" : nil)
        self.region = region
    }

    /// `zh-Hans-CN`
    package var text: String { Self.joined(language, script, region) }

    /// From the most to the least specific: the tag without its script too (`zh-CN` of `zh-Hans-CN`), with the script
    /// that a region of Chinese implies, and at last without the region.
    package var lookup: [String] {
        var tags = [text]
        if script != nil, region != nil {
            tags += [Self.joined(language, script, nil), Self.joined(language, nil, region)]
        }
        if script == nil, language == "zh", let region {
            tags.append(Self.joined(language, ["TW", "HK", "MO"].contains(region) ? "Hant" : "Hans", nil))
        }
        return tags.last == language ? tags : tags + [language]
    }

    /// As `lookup`, and then the languages whose texts a reader of this one prefers to all others: `no` is the name
    /// that `nb` had before there were two, and Nynorsk is read by all who read Bokmål.
    package var labelLookup: [String] { lookup + (Self.relatives[language] ?? []) }

    private static func joined(_ language: String, _ script: String?, _ region: String?) -> String {
        [language, script, region].compactMap { $0 }.joined(separator: "-")
    }

    /// The subtags; nil where anything else stands between or in them.
    private static func parts(of text: String) -> [String]? {
        var tag = text.utf8[...]
        if let end = tag.firstIndex(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "@") }) {
            // A character set and a modifier of POSIX.
            let tail = tag[end...].dropFirst()
            guard !tail.isEmpty, tail.allSatisfy({ isAlphanumeric($0) || ".@-".utf8.contains($0) }) else { return nil }
            tag = tag[..<end]
        }
        let parts = tag.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        guard parts.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy(isAlphanumeric) }) else { return nil }
        return parts.map { String(Substring($0)) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte.isASCIIDigit }

    private static func isRegion(_ part: String) -> Bool {
        part.utf8.count == 2 && part.utf8.allSatisfy(\.isASCIILetter)
            || part.utf8.count == 3 && part.utf8.allSatisfy(\.isASCIIDigit)
    }

    /// The registry's Preferred-Value of codes that systems still send, and the mappings of CLDR.
    private static let replaced = [
        "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "tl": "fil", "sh": "sr", "cmn": "zh",
    ]

    private static let relatives = ["no": ["nb", "nn"], "nb": ["no"], "nn": ["nb", "no"]]
}
