/// Which way a language is written.
enum LanguageDirection {
    private static let rightToLeft: Set<String> = [
        "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "khw", "lrc", "mzn", "nqo", "pnb", "prs", "ps", "rhg", "sd",
        "syr", "ug", "ur", "yi",
    ]
    private static let rightToLeftScripts: Set<String> = ["arab", "hebr", "thaa", "syrc", "nkoo", "rohg", "adlm"]

    /// - Parameter tag: a language tag (RFC 5646). A script in it says more than the language.
    static func isRightToLeft(_ tag: String) -> Bool {
        let subtags = tag.lowercased().split { $0 == "-" || $0 == "_" }.map(String.init)
        guard let language = subtags.first else { return false }
        if let script = subtags.dropFirst().first(where: { $0.utf8.count == 4 && $0.allSatisfy(\.isLetter) }) {
            return rightToLeftScripts.contains(script)
        }
        return rightToLeft.contains(language)
    }
}
