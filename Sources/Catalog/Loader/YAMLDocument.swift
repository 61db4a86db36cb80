import Yams

/// A catalog file's text as YAML nodes.
///
/// Yams gives up at the first mapping that has a key twice and says where only one of the two stands. So that a
/// file's other faults are found in the same run, the first of such a pair is renamed in the text, to a letter of the
/// private use area that nothing else uses and that is as wide as the letter that it replaces, and the text is read
/// again: all marks stay true, and `names` remembers the key's own name.
struct YAMLDocument {
    let root: Node
    /// The own names of the keys at these places.
    let names: [Position: String]

    /// Nil after a fault in the syntax, which is then in `log`.
    init?(_ text: String, log: FaultLog) {
        var text = text
        var names: [Position: String] = [:]
        while true {
            do {
                guard let root = try compose(yaml: text, .basic) else {
                    log.add("the file is empty; a catalog is a mapping with the key 'module'", at: .start)
                    return nil
                }
                self.root = root
                self.names = names
                return
            } catch let YamlError.duplicatedKeysInMapping(duplicates, context) {
                let position = Position(context.mark)
                guard let name = duplicates.first, names[position] == nil, names.count < 6_400,
                    let renamed = Self.renaming(keyAt: position, in: text, number: names.count)
                else {
                    log.add("duplicate key '\(duplicates.first ?? "")'", at: position)
                    return nil
                }
                names[position] = name
                text = renamed
            } catch let error as YamlError {
                let (message, position) = Self.explanation(of: error, in: text)
                log.add("not valid YAML: \(message)", at: position)
                return nil
            } catch {
                log.add("not valid YAML", at: .start)
                return nil
            }
        }
    }

    /// `text` with one letter of the key at `position` replaced by the `number`th of the private use area; nil when
    /// that would break it.
    private static func renaming(keyAt position: Position, in text: String, number: Int) -> String? {
        var scalars = Array(text.unicodeScalars)
        var index = 0
        for _ in 1..<position.line {
            guard let end = scalars[index...].firstIndex(of: "\n") else { return nil }
            index = end + 1
        }
        index += position.column - 1
        if scalars.indices.contains(index), scalars[index] == "\"" || scalars[index] == "'" {
            let quote = scalars[index]
            index += 1
            guard scalars.indices.contains(index), scalars[index] != quote else { return nil }
        }
        guard scalars.indices.contains(index), !scalars[index].properties.isWhitespace,
            let letter = Unicode.Scalar(UInt32(0xE000 + number))
        else { return nil }
        scalars[index] = letter
        var renamed = String.UnicodeScalarView()
        renamed.append(contentsOf: scalars)
        return String(renamed)
    }

    private static func explanation(of error: YamlError, in text: String) -> (String, Position) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            (context.map { "\(problem), \($0.text) from line \($0.mark.line)" } ?? problem, Position(mark))
        case .reader(let problem, let offset, _, _):
            (problem, position(ofCharacter: offset ?? 0, in: text))
        default:
            ("it could not be read", .start)
        }
    }

    private static func position(ofCharacter offset: Int, in text: String) -> Position {
        let before = text.prefix(offset)
        let line = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return Position(line: max(line.count, 1), column: (line.last?.unicodeScalars.count ?? 0) + 1)
    }
}

extension Position {
    static let start = Position(line: 1, column: 1)

    init(_ mark: Mark) {
        self.init(line: mark.line, column: mark.column)
    }
}
