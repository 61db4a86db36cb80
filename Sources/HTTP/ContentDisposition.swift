import Coding

/// The `Content-Disposition` of a download (RFC 6266), with a name that comes from people.
package enum ContentDisposition {
    /// `attachment; filename="…"`, an ASCII name that every client understands, and the real name after it as
    /// `filename*=UTF-8''…` (RFC 8187), which clients prefer.
    ///
    /// For every `fileName` the value is one line of ASCII, both names are non-empty, and neither holds a path,
    /// a control character or a character that turns the direction of writing, by which `fdp.exe` looks like `exe.pdf`.
    package static func attachment(fileName: String) -> String {
        let name = shortened(cleaned(fileName), toBytes: 200)
        let fallback = shortened(asciiFallback(name), toBytes: 120)
        return "attachment; filename=\"\(fallback)\"; "
            + "filename*=UTF-8''\(PercentCoding.encode(name, keeping: .attribute))"
    }

    private static func cleaned(_ name: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar {
            case "/", "\\": kept.append("_")
            case _ where scalar.properties.generalCategory == .control: continue
            // Marks, embeddings, overrides and isolates of direction, separators of lines, noncharacters.
            case _ where scalar.properties.isBidiControl: continue
            case "\u{2028}", "\u{2029}", "\u{FEFF}": continue
            case _ where scalar.properties.isNoncharacterCodePoint: continue
            default: kept.append(scalar)
            }
        }
        return trimmed(String(kept))
    }

    /// The name without the dots and spaces at its ends and without the device names that Windows or a shell would
    /// misread.
    private static func trimmed(_ name: String) -> String {
        var scalars = name.unicodeScalars[...]
        while let first = scalars.first, first == "." || first == " " { scalars.removeFirst() }
        while let last = scalars.last, last == "." || last == " " { scalars.removeLast() }
        guard !scalars.isEmpty else { return "download" }
        let stem = String(scalars.prefix { $0 != "." }).lowercasedASCII
        let devices: Set<String> = ["con", "prn", "aux", "nul"]
        let isNumbered = stem.utf8.count == 4 && (stem.hasPrefix("com") || stem.hasPrefix("lpt"))
        let isDevice = devices.contains(stem) || (isNumbered && stem.utf8.last?.isASCIIDigit == true)
        return (isDevice ? "_" : "") + String(scalars)
    }

    /// `_` for every character that is not ASCII, and for those that clients read differently inside quotes: the quote
    /// itself, and the percent sign (RFC 6266 appendix D).
    private static func asciiFallback(_ name: String) -> String {
        String(name.map { $0.isASCII && $0 != "\"" && $0 != "%" ? $0 : "_" })
    }

    /// At most `limit` bytes, with the extension kept and no character cut in two.
    private static func shortened(_ name: String, toBytes limit: Int) -> String {
        guard name.utf8.count > limit else { return name }
        let dot = name.lastIndex(of: ".").flatMap { name[$0...].utf8.count <= 16 ? $0 : nil } ?? name.endIndex
        var stem = ""
        var bytes = name[dot...].utf8.count
        for character in name[..<dot] {
            bytes += String(character).utf8.count
            guard bytes <= limit else { break }
            stem.append(character)
        }
        return stem + name[dot...]
    }
}
