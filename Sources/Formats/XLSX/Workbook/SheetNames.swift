/// Gives sheets names that Excel accepts: 1 to 31 UTF-16 units without `[ ] : * ? / \` and control characters, no
/// apostrophe at either end, not "History", and no two alike but for their case.
struct SheetNames {
    private(set) var names: [String] = []

    private static let longest = 31

    /// A name for the next sheet.
    /// - Parameters:
    ///   - wish: the name that it should have; nil for "Sheet1", "Sheet2", …
    ///   - number: which sheet of its table it is, counted from 0; those after the first carry it.
    mutating func add(_ wish: String?, number: Int) -> String {
        let base = Self.cleaned(wish ?? "")
        var attempt = number
        while true {
            let name = base.isEmpty ? "Sheet\(names.count + 1 + attempt - number)" : Self.numbered(base, attempt)
            if !names.contains(where: { $0.lowercased() == name.lowercased() }) {
                names.append(name)
                return name
            }
            attempt += 1
        }
    }

    private static func numbered(_ base: String, _ number: Int) -> String {
        guard number > 0 else { return base }
        let ending = " \(number + 1)"
        return trimmed(prefix(of: base, units: longest - ending.utf8.count)) + ending
    }

    private static func cleaned(_ wish: String) -> String {
        var name = ""
        for scalar in wish.unicodeScalars {
            switch scalar {
            case "[", "]", ":", "*", "?", "/", "\\", "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}":
                name += " "
            default: name.unicodeScalars.append(scalar)
            }
        }
        name = trimmed(prefix(of: trimmed(name), units: longest))
        return name.lowercased() == "history" ? name + "_" : name
    }

    /// Without spaces and apostrophes at either end.
    private static func trimmed(_ name: String) -> String {
        func isEdge(_ character: Character) -> Bool { character == " " || character == "'" }
        var rest = name[...]
        while let first = rest.first, isEdge(first) { rest.removeFirst() }
        while let last = rest.last, isEdge(last) { rest.removeLast() }
        return String(rest)
    }

    /// As many whole characters as fit.
    private static func prefix(of name: String, units: Int) -> String {
        var kept = ""
        var used = 0
        for character in name {
            used += character.utf16.count
            if used > units { break }
            kept.append(character)
        }
        return kept
    }
}
