import Coding
import Yams

extension YAMLValue {
    /// A mapping of a catalog file, each key once.
    struct Mapping {
        let value: YAMLValue
        let entries: [(key: String, position: Position, value: YAMLValue)]

        /// Reports keys that stand there twice; the first one counts.
        init(_ mapping: Node.Mapping, of value: YAMLValue) {
            self.value = value
            var entries: [(key: String, position: Position, value: YAMLValue)] = []
            for (keyNode, node) in mapping {
                guard case .scalar(let scalar) = keyNode else {
                    value.log.add("a key must be a plain name", at: keyNode.mark.map { Position($0) } ?? value.position)
                    continue
                }
                let position = scalar.mark.map { Position($0) } ?? value.position
                let key = value.document.names[position] ?? scalar.string
                if let first = entries.first(where: { $0.key == key }) {
                    value.log.add("duplicate key '\(key)'; the first is on line \(first.position.line)", at: position)
                    continue
                }
                let path = value.path.isEmpty ? key : "\(value.path).\(key)"
                value.log.place(path, at: position)
                entries.append(
                    (key, position, YAMLValue(node: node, path: path, document: value.document, log: value.log)))
            }
            self.entries = entries
        }

        /// A key that is not there yet is the likelier one to have been meant.
        func refuseKeys(besides keys: [String]) {
            let missing = keys.filter { optional($0) == nil }
            for entry in entries where !keys.contains(entry.key) {
                let near = Spelling.nearest(to: entry.key, among: missing).map { [$0] }
                let hint = Spelling.hint(for: entry.key, among: near ?? keys)
                value.log.add("unknown key '\(entry.key)'\(hint)", at: entry.position)
            }
        }

        func optional(_ key: String) -> YAMLValue? {
            entries.first { $0.key == key }?.value
        }

        func required(_ key: String) -> YAMLValue? {
            if let value = optional(key) { return value }
            value.fault("missing key '\(key)'\(value.path.isEmpty ? "" : " in \(value.name)")")
            return nil
        }
    }
}
