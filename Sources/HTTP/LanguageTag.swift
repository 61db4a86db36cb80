/// A language tag such as `en` or `nb-NO`: the shape of RFC 5646 without its registry.
package struct LanguageTag: Equatable, Sendable {
    /// As it was given.
    package let text: String

    /// Nil for what is no tag: letters and digits only, at most 35 characters, so it can be part of nothing else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 35, let first = parts.first, (2...8).contains(first.count),
            first.allSatisfy(\.isASCIILetter),
            parts.dropFirst().allSatisfy({ part in
                (1...8).contains(part.count) && part.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit }
            })
        else { return nil }
        self.text = text
    }

    /// The one of `available` that serves this tag best: itself, then each shorter form (RFC 4647 section 3.4), without
    /// regard to case.
    package func bestMatch(among available: [String]) -> String? {
        var subtags = text.lowercasedASCII.split(separator: "-")
        while !subtags.isEmpty {
            let candidate = subtags.joined(separator: "-")
            if let match = available.first(where: { $0.lowercasedASCII == candidate }) { return match }
            subtags.removeLast()
        }
        return nil
    }

    /// The one of `available` that an `Accept-Language` header prefers, or nil when it names none of them.
    package static func preferred(among available: [String], accepting values: [String]) -> String? {
        var best: (quality: Quality, match: String)?
        for element in values.flatMap({ $0.split(separator: ",") }) {
            let parts = element.split(separator: ";", maxSplits: 1).map { String($0).trimmedOWS }
            guard let tag = parts.first.flatMap(LanguageTag.init), let match = tag.bestMatch(among: available) else {
                continue
            }
            let weight = parts.count > 1 ? parts[1].lowercasedASCII : "q=1"
            guard weight.hasPrefix("q="), let quality = Quality(String(weight.dropFirst(2))), quality > .zero else {
                continue
            }
            if best.map({ quality > $0.quality }) ?? true { best = (quality, match) }
        }
        return best?.match
    }
}
