import Yams

/// One value of a catalog file, with its position in the file (for faults) and its dotted path from the top (for the
/// source map).
///
/// Every reader returns nil when the value does not fit, and has then added the reason to the log.
struct YAMLValue {
    let node: Node
    let path: String
    let document: YAMLDocument
    let log: FaultLog

    var position: Position {
        node.mark.map { Position($0) } ?? .start
    }

    /// The value's name in messages: its own, or its number in its list.
    var name: String {
        let steps = path.split(separator: ".")
        guard let last = steps.last else { return "a catalog" }
        guard let index = Int(last), steps.count > 1 else { return String(last) }
        return "item \(index + 1) of \(steps[steps.count - 2])"
    }

    var isMapping: Bool { node.mapping != nil }

    var isScalar: Bool { node.scalar != nil }

    func fault(_ message: String) {
        log.add(message, at: position)
    }

    /// A mapping with any keys: languages, relations.
    func mapping() -> YAMLValue.Mapping? {
        guard case .mapping(let mapping) = node else {
            fault("\(name) must be a mapping (key: value), not \(shape)")
            return nil
        }
        return YAMLValue.Mapping(mapping, of: self)
    }

    /// A mapping with some of the keys of its kind and no other.
    func mapping(of kind: CatalogMapping) -> YAMLValue.Mapping? {
        let mapping = mapping()
        mapping?.refuseKeys(besides: kind.names)
        return mapping
    }

    /// The items of a list, which may not be empty. An item's step in the dotted way is its value under `key`, where
    /// it has one.
    func list(namedBy key: String? = nil) -> [YAMLValue]? {
        guard case .sequence(let sequence) = node else {
            fault("\(name) must be a list, not \(shape)")
            return nil
        }
        guard !sequence.isEmpty else {
            fault("\(name) must not be an empty list; leave the key out instead")
            return nil
        }
        return sequence.enumerated().map { index, node in
            let step = key.flatMap { node.mapping?[$0]?.scalar?.string }.flatMap { $0.contains(".") ? nil : $0 }
            let path = "\(path).\(step ?? String(index))"
            let item = YAMLValue(node: node, path: path, document: document, log: log)
            log.place(path, at: item.position)
            return item
        }
    }

    /// The names of the items of a list or the entries of a mapping, also of those with faults in them.
    func names(under key: String) -> [String] {
        if let mapping = node.mapping {
            return mapping.keys.filter { $0.mark.map { document.names[Position($0)] } ?? nil == nil }
                .compactMap { $0.scalar?.string }
        }
        return node.array().compactMap { $0.mapping?[key]?.scalar?.string }
    }

    /// Any scalar as it is written (`no` is a text, not a truth value), without control characters, not empty.
    func text() -> String? {
        guard case .scalar(let scalar) = node, !isNull(scalar) else {
            fault("\(name) must be a text, not \(shape)")
            return nil
        }
        var text = Substring(scalar.string)
        while text.last?.isNewline == true { text.removeLast() }
        guard text.contains(where: { !$0.isWhitespace }) else {
            fault("\(name) must not be empty")
            return nil
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F }) else {
            fault("\(name) must not contain control characters")
            return nil
        }
        log.place(path, at: position)
        return String(text)
    }

    func flag() -> Bool? {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any,
            let flag = Bool(scalar.string)
        else {
            fault("\(name) must be true or false, not \(shape)")
            return nil
        }
        return flag
    }

    /// One of the raw values of `T`.
    func choice<T: RawRepresentable & CaseIterable>(_ type: T.Type = T.self) -> T? where T.RawValue == String {
        choice(of: T.allCases.map(\.rawValue)).flatMap(T.init(rawValue:))
    }

    func choice(of names: [String]) -> String? {
        guard let text = text() else { return nil }
        guard names.contains(text) else {
            fault("\(name) must be one of \(names.joined(separator: ", ")), not '\(text)'")
            return nil
        }
        return text
    }

    /// The value's kind, in words for a message.
    var shape: String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): isNull(scalar) ? "empty" : "'\(scalar.string)'"
        case .alias: "an alias"
        }
    }

    private func isNull(_ scalar: Node.Scalar) -> Bool {
        (scalar.style == .plain || scalar.style == .any) && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
