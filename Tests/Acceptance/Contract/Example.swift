import JSON
import Support
import Testing

/// One example of a contract document, sent as written with real ids; what differs in the answer, empty when it holds.
struct Example: Sendable {
    let document: Int
    let call: String
    let name: String
    let differences: @Sendable (Stage) throws -> [String]

    init(_ document: Int, call: String, name: String, differences: @escaping @Sendable (Stage) throws -> [String]) {
        self.document = document
        self.call = call
        self.name = name
        self.differences = differences
    }

    /// Sends them all. What does not hold is an issue; the table says of each whether it does.
    static func check(_ examples: [Example], on stage: Stage) {
        var table = "document | call | example | holds\n"
        for example in examples {
            var differences: [String]
            do { differences = try example.differences(stage) } catch { differences = ["\(error)"] }
            table += "\(example.document) | \(example.call) | \(example.name) | \(differences.isEmpty ? "yes" : "NO")\n"
            for difference in differences {
                Issue.record("document \(example.document), \(example.call), \(example.name): \(difference)")
            }
        }
        print(table)
    }

    static func expect(_ reply: Reply, _ status: Int, exactly text: String? = nil) -> [String] {
        var differences: [String] = []
        if reply.status != status { differences.append("status \(reply.status), not \(status): \(reply.text)") }
        if let text, reply.text != text { differences.append("body \(reply.text), not \(text)") }
        if reply["Content-Type"] != "application/json" { differences.append("type \(reply["Content-Type"] ?? "none")") }
        return differences
    }
}

/// The fields of an object as a document lists them, in its order, each with its type.
struct Fields: Sendable {
    indirect enum Kind: Sendable {
        case integer, text, time, uuid, url, bool, object
        case word([String])
        case list(Kind)
        case orNull(Kind)

        func fits(_ value: JSON) -> Bool {
            switch self {
            case .orNull(let kind): value == .null || kind.fits(value)
            case .integer: value.int != nil
            case .text: value.string != nil
            case .time: isTime(value.string ?? "")
            case .uuid: value.string?.wholeMatch(of: #/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/#) != nil
            case .url: value.string?.hasPrefix("http") == true
            case .bool: value.bool != nil
            case .object: value.object != nil
            case .word(let words): words.contains(value.string ?? "")
            case .list(let kind): value.array?.allSatisfy(kind.fits) == true
            }
        }
    }

    let fields: [(String, Kind)]

    init(_ fields: [(String, Kind)]) { self.fields = fields }

    func differences(_ value: JSON?) -> [String] {
        guard let object = value?.object else { return ["\(value?.text ?? "nothing") is no object"] }
        guard object.keys == fields.map(\.0) else { return ["members \(object.keys), not \(fields.map(\.0))"] }
        return fields.compactMap { name, kind in
            let value = object[name] ?? .null
            return kind.fits(value) ? nil : "\(name) is \(value.text), not of type \(kind)"
        }
    }
}
