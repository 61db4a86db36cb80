/// COPY's text format as the PostgreSQL manual describes it, written here a second time so that the tests do not
/// believe the code under test.
package enum CopyText {
    package static func line(_ fields: [String?]) -> [UInt8] {
        Array(fields.map { $0.map(escaped) ?? #"\N"# }.joined(separator: "\t").utf8) + [0x0A]
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += #"\\"#
            case "\u{08}": text += #"\b"#
            case "\u{0C}": text += #"\f"#
            case "\n": text += #"\n"#
            case "\r": text += #"\r"#
            case "\t": text += #"\t"#
            case "\u{0B}": text += #"\v"#
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
