import JSON

/// Takes the members of one object of a request's body, and collects their faults.
///
/// Every member that is taken is known; `refuseUnknown` then reports the others. A member that is null counts as left
/// out. Members are asked for, and faults are kept, by the decoder's own names; where a surface has others, `names`
/// has their places in its body.
package struct FieldReader {
    package let object: JSON.Object
    /// The way to the object, empty for the body itself.
    private let path: [String]
    let names: FieldNames
    /// The whole body, into which the names of a surface lead.
    private let body: JSON.Object
    private var known: Set<String> = []
    package private(set) var faults: [RequestFault] = []

    package init(_ object: JSON.Object, path: String = "", names: FieldNames = .own) {
        self.init(object, path: RequestFault.path(path), names: names, body: object)
    }

    /// A body, or a fault when it is no object.
    package init(_ json: JSON) {
        self.init(json.object ?? JSON.Object())
        if json.object == nil { fault("body", "the body must be a JSON object") }
    }

    private init(_ object: JSON.Object, path: [String], names: FieldNames, body: JSON.Object) {
        self.object = object
        self.path = path
        self.names = names
        self.body = body
    }

    /// The same body under a surface's names.
    package func named(_ names: FieldNames) -> FieldReader {
        var reader = FieldReader(object, path: path, names: names, body: body)
        reader.known = known
        reader.faults = faults
        return reader
    }

    /// A reader for an object that these names lead to from here.
    func inside(_ object: JSON.Object, at names: String...) -> FieldReader {
        FieldReader(object, path: path + names, names: self.names, body: body)
    }

    private func full(_ field: String) -> [String] { path + RequestFault.path(field) }

    package mutating func fault(_ field: String, _ message: String) {
        faults.append(RequestFault(path: full(field), message: message))
    }

    /// A fault whose message begins with the field's dotted name.
    package mutating func fault(_ field: String, that rest: String) {
        faults.append(RequestFault(path: full(field), that: rest))
    }

    package mutating func add(_ found: [RequestFault]) { faults += found }

    package mutating func take(_ field: String) -> JSON? {
        known.insert(field)
        guard let value = value(field), !value.isNull else { return nil }
        return value
    }

    private mutating func value(_ field: String) -> JSON? {
        guard !names.isEmpty, let place = names.place(of: path + [field]) else { return object[field] }
        if let value = place.value { return value }
        guard place.field.contains("*"), let name = place.name.last else { return value(at: place.name) }
        known.insert(name)
        return object[name] ?? object[field]
    }

    private func value(at name: [String]) -> JSON? {
        name.reduce(JSON.object(body)) { value, key in value?.object?[key] }
    }

    package mutating func string(_ field: String) -> String? {
        guard let value = take(field) else { return nil }
        guard let text = value.string else {
            fault(field, that: "must be a string")
            return nil
        }
        return text
    }

    package mutating func requiredString(_ field: String) -> String? {
        guard take(field) != nil else {
            fault(field, that: "is required")
            return nil
        }
        return string(field)
    }

    package mutating func flag(_ field: String) -> Bool? {
        guard let value = take(field) else { return nil }
        if value.bool == nil { fault(field, that: "must be true or false") }
        return value.bool
    }

    package mutating func flag(_ field: String, default: Bool) -> Bool { flag(field) ?? `default` }

    /// One of some words.
    /// - Returns: `default` when it is left out, nil when it is another word.
    package mutating func choice<T: RawRepresentable>(
        _ field: String, of allowed: [T], default: T? = nil
    ) -> T? where T.RawValue == String {
        guard let value = take(field) else { return `default` }
        let choice = allowed.first { $0.rawValue == value.string }
        if choice == nil {
            fault(field, that: "must be one of \(allowed.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    package mutating func requiredChoice<T: RawRepresentable>(_ field: String, of allowed: [T]) -> T?
    where T.RawValue == String {
        if take(field) == nil { fault(field, that: "is required") }
        return choice(field, of: allowed)
    }

    /// The items of a list of 1 to `limit`; nil when it is left out or no such list.
    package mutating func list(_ field: String, limit: Int = 1_000) -> [JSON]? {
        guard let value = take(field) else { return nil }
        let takesOne = names.place(of: path + [field])?.takesOne ?? false
        guard let items = value.array ?? (takesOne ? [value] : nil) else {
            fault(field, that: "must be an array")
            return nil
        }
        guard (1...limit).contains(items.count) else {
            fault(field, that: items.isEmpty ? "must not be empty" : "must have at most \(limit) items")
            return nil
        }
        return items
    }

    /// As `list`, of strings; items of other kinds are faults by their index.
    /// - Parameter orIntegers: take a JSON integer for its digits, as clients whose ids are numbers write them.
    package mutating func strings(_ field: String, orIntegers: Bool = false) -> [String]? {
        guard let items = list(field) else { return nil }
        var strings: [String] = []
        for (index, item) in items.enumerated() {
            if let text = item.string {
                strings.append(text)
            } else if orIntegers, case .number(let literal) = item {
                // Also one that no column holds, or with a fraction: the check of the values refuses it.
                strings.append(item.int.map { String($0) } ?? literal)
            } else {
                fault("\(field).\(index)", that: orIntegers ? "must be an integer or a string" : "must be a string")
            }
        }
        return strings
    }

    /// A reader for the members of an object inside; its faults are given back through `absorb`. Where a surface has no
    /// such object, there is one when it has any of the members.
    package mutating func reader(_ field: String) -> FieldReader? {
        let members = names.isEmpty ? [] : names.places(below: path + [field])
        if !members.isEmpty {
            known.insert(field)
            guard members.contains(where: { $0.value == nil && value(at: $0.name) != nil }) else { return nil }
            return inside(JSON.Object(), at: field)
        }
        guard let value = take(field) else { return nil }
        guard let object = value.object else {
            fault(field, that: "must be an object")
            return nil
        }
        return inside(object, at: field)
    }

    package mutating func absorb(_ reader: FieldReader) {
        var reader = reader
        reader.refuseUnknown()
        faults += reader.faults
    }

    /// - Parameter meant: the field that a client may have meant by an unknown name.
    package mutating func refuseUnknown(_ meant: (String) -> String? = { _ in nil }) {
        for key in object.keys where !known.contains(key) {
            let hint = meant(key).map { "; did you mean \($0)?" } ?? ""
            faults.append(RequestFault(path: path + [RequestFault.shown(key)], message: "unknown field\(hint)"))
        }
    }
}
