/// Scalars and comments as a YAML file has them.
enum YAMLText {
    /// Plain where no reader can take it for anything but this text, else in double quotes.
    static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// A list on one line.
    static func list(_ texts: [String]) -> String { "[\(texts.map(scalar).joined(separator: ", "))]" }

    /// Lines after `# `, broken between words, of at most about 110 characters.
    static func comment(_ text: String) -> [String] {
        let line = String(text.map { $0.isNewline || $0.isWhitespace || isControl($0) ? " " : $0 })
        var lines = ["#"]
        for word in line.split(separator: " ") {
            if lines[lines.count - 1].count + word.count > 108, lines[lines.count - 1].count > 1 { lines.append("#") }
            lines[lines.count - 1] += " " + word
        }
        return lines
    }

    /// Words that YAML 1.1 or 1.2 reads as booleans and nulls.
    private static let reserved: Set<String> = ["y", "n", "yes", "no", "true", "false", "on", "off", "null"]

    /// Letters first, no mark that means anything in a block or a flow.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter, text.last != " ", !reserved.contains(text.lowercased()) else {
            return false
        }
        return text.allSatisfy { $0.isLetter || $0.isASCII && ($0.isNumber || " _-./()".contains($0)) }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            default: quoted += isUnprintable(scalar) ? escaped(scalar) : String(scalar)
            }
        }
        return quoted + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains(where: isUnprintable)
    }

    /// The characters that YAML wants escaped, those that could end a line, and invisible ones.
    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
