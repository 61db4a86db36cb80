import JSON

/// Takes the members of one object of a request's body, and collects what is wrong with them.
///
/// Every member that is taken is known; `refuseUnknown` then reports the others. A member that is null counts as left
/// out.
package struct FieldReader {
    package let object: JSONObject
    /// The dotted way to the object, empty for the body itself.
    let path: String
    private var known: Set<String> = []
    package private(set) var faults: [RequestFault] = []

    package init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    func dotted(_ field: String) -> String {
        path.isEmpty ? field : "\(path).\(field)"
    }

    package mutating func fault(_ field: String, _ message: String) {
        faults.append(RequestFault(field: dotted(field), message: message))
    }

    /// A fault whose message begins with the field's dotted name.
    package mutating func fault(_ field: String, that rest: String) {
        fault(field, "\(dotted(field)) \(rest)")
    }

    package mutating func take(_ field: String) -> JSON? {
        known.insert(field)
        guard let value = object[field], !value.isNull else { return nil }
        return value
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

    package mutating func flag(_ field: String, default: Bool) -> Bool {
        guard let value = take(field) else { return `default` }
        if let flag = value.bool { return flag }
        fault(field, that: "must be true or false")
        return `default`
    }

    package mutating func choice<T: RawRepresentable>(
        _ field: String, of allowed: [T], default: T? = nil
    ) -> T? where T.RawValue == String {
        guard let value = take(field) else {
            if `default` == nil { fault(field, that: "is required") }
            return `default`
        }
        if let choice = value.string.flatMap(T.init(rawValue:)),
            allowed.contains(where: { $0.rawValue == choice.rawValue })
        {
            return choice
        }
        fault(field, that: "must be one of \(allowed.map(\.rawValue).joined(separator: ", "))")
        return nil
    }

    /// The items of a list of 1 to `limit`; nil when it is left out or no such list.
    package mutating func list(_ field: String, limit: Int = 1_000) -> [JSON]? {
        guard let value = take(field) else { return nil }
        guard let items = value.array else {
            fault(field, that: "must be an array")
            return nil
        }
        guard (1...limit).contains(items.count) else {
            fault(field, that: items.isEmpty ? "must not be empty" : "must have at most \(limit) items")
            return nil
        }
        return items
    }

    /// As `list`, of strings; the items that are none are faults by their index.
    /// - Parameter orIntegers: take a JSON integer for its digits, as clients whose ids are numbers write them.
    package mutating func strings(_ field: String, orIntegers: Bool = false) -> [String]? {
        guard let items = list(field) else { return nil }
        var strings: [String] = []
        for (index, item) in items.enumerated() {
            if let text = item.string {
                strings.append(text)
            } else if orIntegers, case .number(let literal) = item {
                // Also one that no column holds, or with a fraction: what the values are held against says so.
                strings.append(item.int.map { String($0) } ?? literal)
            } else {
                fault("\(field).\(index)", that: orIntegers ? "must be an integer or a string" : "must be a string")
            }
        }
        return strings
    }

    /// A reader for the members of an object inside; its faults are given back through `absorb`.
    package mutating func reader(_ field: String) -> FieldReader? {
        guard let value = take(field) else { return nil }
        guard let object = value.object else {
            fault(field, that: "must be an object")
            return nil
        }
        return FieldReader(object, path: dotted(field))
    }

    package mutating func absorb(_ reader: FieldReader) {
        var reader = reader
        reader.refuseUnknown()
        faults += reader.faults
    }

    package mutating func refuseUnknown() {
        for key in object.keys where !known.contains(key) {
            fault(RequestFault.shown(key), "unknown field")
        }
    }
}
