import JSON

/// Compares an answer with the one in a document: the same members in the same order with the same types, and the same
/// values but for what a server is free to choose.
struct Comparison {
    /// Paths (without array positions) whose values the document only illustrates.
    var free: Set<String> = []
    /// Paths where the document shows null and the contract has something to say.
    var filled: Set<String> = []

    /// What differs; empty when the document's answer holds.
    func differences(_ document: JSON, _ answer: JSON, at path: String = "") -> [String] {
        switch (document, answer) {
        case (.object(let wanted), .object(let given)):
            guard wanted.keys == given.keys else { return ["\(path): members \(given.keys), not \(wanted.keys)"] }
            return wanted.keys.flatMap { key -> [String] in
                differences(wanted[key] ?? .null, given[key] ?? .null, at: path.isEmpty ? key : "\(path).\(key)")
            }
        case (.array(let wanted), .array(let given)):
            return wanted.enumerated().flatMap { index, element in
                guard let partner = partner(of: element, at: index, in: given) else {
                    return ["\(path): nothing like \(element.text)"]
                }
                return differences(element, partner, at: path)
            }
        case (.null, _) where filled.contains(path): return []
        case (.string(let wanted), .string(let given)) where free.contains(path):
            // A time stays a time in UTC, an id an id.
            if wanted.hasSuffix("Z"), !isTime(given) { return ["\(path): \(given) is no time like \(wanted)"] }
            if wanted.count == 36, given.count != 36 { return ["\(path): \(given) is no id like \(wanted)"] }
            return []
        case (.number, .number) where free.contains(path): return []
        default:
            return document == answer ? [] : ["\(path): \(answer.text), not \(document.text)"]
        }
    }

    /// A document's arrays show some of the elements: those with a name are found by it, others by their position.
    private func partner(of element: JSON, at index: Int, in given: [JSON]) -> JSON? {
        for name in ["key", "type", "value", "output"] {
            guard let wanted = element[name] else { continue }
            return given.first { $0[name] == wanted }
        }
        return index < given.count ? given[index] : nil
    }
}

/// `2026-05-07T10:30:00Z`
func isTime(_ text: String) -> Bool {
    text.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/#) != nil
}
