/// Names and texts for people, made from those of a database.
enum Names {
    /// A `Slug` that resembles `name`; a name without an ASCII letter or digit becomes `x`.
    static func slug(_ name: String, separator: Character = "_") -> String {
        var slug = ""
        for character in name {
            let isPlain = character.isASCII && (character.isLetter || character.isNumber)
            if isPlain || character == "_" && separator == "_" || character == "-" {
                slug.append(character)
            } else if !slug.isEmpty, slug.last != separator {
                slug.append(separator)
            }
        }
        while let last = slug.last, last == "_" || last == "-" { slug.removeLast() }
        slug = String(slug.drop { $0 == "_" || $0 == "-" }.prefix(63))
        return slug.isEmpty ? "x" : slug
    }

    /// `name`, or `name_2`, … : one that `taken` does not have yet.
    static func free(_ name: String, in taken: some Sequence<String>) -> String {
        let taken = Set(taken)
        if !taken.contains(name) { return name }
        var number = 2
        while taken.contains("\(name.prefix(59))_\(number)") { number += 1 }
        return "\(name.prefix(59))_\(number)"
    }

    /// `created_at` and `createdAt` as `Created at`, `id` as `ID`.
    static func title(_ name: String) -> String {
        var words: [String] = [""]
        var previous: Character = "_"
        for character in name {
            if character == "_" || character == "-" || character == " " {
                words.append("")
            } else if character.isUppercase, previous.isLowercase || previous.isNumber {
                words.append(String(character))
            } else {
                words[words.count - 1].append(character)
            }
            previous = character
        }
        let isShouted = !name.contains { $0.isLowercase }
        words = words.filter { !$0.isEmpty }.map { word in
            if word.lowercased() == "id" { return "ID" }
            return isShouted || word.dropFirst().contains { $0.isLowercase } ? word.lowercased() : word
        }
        let text = shown(words.joined(separator: " "))
        return text.isEmpty ? name : text.prefix(1).uppercased() + text.dropFirst()
    }

    /// Whether a database's name can stand in a catalog, and comes out of its file as it went in.
    static func isNameable(_ name: String) -> Bool {
        YAMLValue.identifierFault(name) == nil && !name.contains(".") && isKept(name)
    }

    static func isNameable(_ table: TableName) -> Bool {
        isNameable(table.name) && table.schema.map { isNameable($0) } ?? true
    }

    /// Whether a catalog's file can hold a text as it is. Byte order marks are lost on the way through a YAML reader.
    static func isKept(_ text: String) -> Bool {
        text.contains { !$0.isWhitespace } && !text.contains(where: \.isNewline) && !text.contains(where: isControl)
    }

    /// A text without control characters, on one line.
    private static func shown(_ text: String) -> String {
        let plain = text.map { isControl($0) ? " " : $0 }
        return plain.split(whereSeparator: { $0.isWhitespace || $0.isNewline }).map { String($0) }.joined(
            separator: " ")
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0 == "\u{FEFF}" }
    }

    /// `passwordHash` and `password_hash` as `password`, `hash`.
    static func words(_ name: String) -> [String] {
        title(name).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// `driver_id` as `driver`: the name of the thing that a key points at.
    static func withoutKeySuffix(_ name: String) -> String {
        for suffix in ["_id", "_uuid", "_key", "Id", "ID"] where name.hasSuffix(suffix) && name.count > suffix.count {
            return String(name.dropLast(suffix.count))
        }
        return name
    }

    /// `countries` as `country`, for English plurals.
    static func singular(_ name: String) -> String {
        if name.hasSuffix("ies"), name.count > 4 { return name.dropLast(3) + "y" }
        if name.hasSuffix("ses") || name.hasSuffix("xes") || name.hasSuffix("ches") { return String(name.dropLast(2)) }
        if name.hasSuffix("s"), !name.hasSuffix("ss"), name.count > 2 { return String(name.dropLast()) }
        return name
    }

    /// A comment of the database: a short one is a label, a longer one explains.
    static func label(from comment: String?) -> (label: String?, remark: String?) {
        guard let comment else { return (nil, nil) }
        let text = shown(comment)
        if text.isEmpty { return (nil, nil) }
        let isSentence = text.hasSuffix(".") || text.contains { ";:".contains($0) } || text.contains(". ")
        return text.count <= 40 && !isSentence ? (text, nil) : (nil, text)
    }
}
