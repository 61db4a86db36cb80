import Catalog
import JSON

/// The members of a request's object, taken one by one, and what is wrong with them. A member that is null counts as left
/// out; what was not taken in the end is unknown.
struct JSONMembers {
    private let object: JSONObject
    private let path: String
    private var known: Set<String> = []
    var faults: [RequestFault] = []

    /// - Parameter path: before each member's name in a fault, with its dot.
    init(_ json: JSON, path: String = "") {
        self.path = path
        object = json.object ?? JSONObject()
        if json.object == nil {
            let name = path.isEmpty ? "body" : String(path.dropLast())
            faults.append(RequestFault(field: name, message: "\(name) must be an object"))
        }
    }

    mutating func take(_ name: String) -> JSON? {
        known.insert(name)
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    mutating func fault(_ name: String, _ rest: String) {
        faults.append(RequestFault(field: path + name, message: "\(path)\(name) \(rest)"))
    }

    mutating func string(_ name: String) -> String? {
        guard let value = take(name) else { return nil }
        if value.string == nil { fault(name, "must be a string") }
        return value.string
    }

    mutating func flag(_ name: String) -> Bool? {
        guard let value = take(name) else { return nil }
        if value.bool == nil { fault(name, "must be true or false") }
        return value.bool
    }

    mutating func choice<Choice: RawRepresentable>(_ name: String, of all: [Choice]) -> Choice?
    where Choice.RawValue == String {
        guard let text = string(name) else { return nil }
        let choice = all.first { $0.rawValue == text }
        if choice == nil { fault(name, "must be one of \(all.map(\.rawValue).joined(separator: ", "))") }
        return choice
    }

    /// - Parameter meant: the field that a client may have meant by an unknown name.
    mutating func refuseUnknown(_ meant: (String) -> String? = { _ in nil }) {
        for name in object.keys where !known.contains(name) {
            let hint = meant(name).map { "; did you mean \($0)?" } ?? ""
            faults.append(RequestFault(field: path + RequestFault.shown(name), message: "unknown field\(hint)"))
        }
    }
}
