/// Texts for people, time zones and spans of time.
extension YAMLValue {
    /// A plain text (of the default language), or a mapping of language tags to texts.
    func localizedText() -> LocalizedText? {
        guard isMapping else {
            guard isScalar else {
                fault("\(name) must be a text or a mapping of languages to texts, not \(shape)")
                return nil
            }
            return text().map { LocalizedText($0) }
        }
        guard let languages = mapping() else { return nil }
        var texts: [(String, String)] = []
        for entry in languages.entries {
            guard Self.isLanguageTag(entry.key) else {
                log.add("'\(entry.key)' is not a language tag such as en, nb or pt-BR", at: entry.position)
                continue
            }
            if let text = entry.value.text() { texts.append((entry.key, text)) }
        }
        guard !texts.isEmpty else {
            if languages.entries.isEmpty { fault("\(name) must hold a text in at least one language") }
            return nil
        }
        return LocalizedText(texts)
    }

    /// The form of BCP 47 tags; whether the language exists is not asked.
    static func isLanguageTag(_ text: String) -> Bool {
        let subtags = text.split(separator: "-", omittingEmptySubsequences: false)
        return (2...3).contains(subtags[0].count) && subtags[0].allSatisfy { $0.isASCII && $0.isLetter }
            && subtags.dropFirst().allSatisfy {
                (1...8).contains($0.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            }
    }

    /// The form of an IANA zone name; the database, whose zones they are, is asked whether it knows it by the checker.
    func timeZone() -> String? {
        guard let text = text() else { return nil }
        guard TimeZoneName.isWellFormed(text) else {
            fault("\(name) must be an IANA time zone such as UTC or Europe/Oslo, not '\(text)'")
            return nil
        }
        return text
    }

    /// `30d`, `12h` or `none`, in seconds; the inner optional is nil for `none`.
    func retention() -> Int?? {
        guard let text = text() else { return nil }
        if text == "none" { return .some(nil) }
        let seconds = ["d": 86_400, "h": 3_600]
        guard let unit = text.last.flatMap({ seconds[String($0)] }), let count = Int(text.dropLast()),
            (1...36_500).contains(count), String(count) == text.dropLast()
        else {
            fault("\(name) must be none, or a number of days or hours such as 30d or 12h, not '\(text)'")
            return nil
        }
        return .some(count * unit)
    }
}
