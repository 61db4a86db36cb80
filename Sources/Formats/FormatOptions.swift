import JSON

/// The options that a request gives for its format, in one form: the members in the order of the format's options,
/// defaults written out.
package struct FormatOptions: Equatable, Sendable {
    package var members: JSON.Object

    package init(_ members: JSON.Object = JSON.Object()) {
        self.members = members
    }

    /// The defaults of a format's options, which hold for a request in which they are all left out.
    package init(defaultsOf options: [FormatOption]) {
        members = JSON.Object(options)
    }

    /// The options of a stored request, which has every member that belongs to its format.
    init(stored request: JSON, of options: [FormatOption]) {
        members = JSON.Object(options.compactMap { option in request[option.name].map { (option.name, $0) } })
    }

    /// Whether the whole file is compressed with gzip.
    package var isCompressed: Bool {
        get { members["compression"] == "gzip" }
        set { members["compression"] = newValue ? "gzip" : "none" }
    }
}

extension FormatOption.Shape {
    /// nil for an option that is left out then.
    fileprivate var `default`: JSON? {
        switch self {
        case .flag(let value): .bool(value)
        case .choice(_, let word): .string(word)
        case .text: nil
        case .object(let options):
            .object(JSON.Object(options))
        }
    }
}

extension JSON.Object {
    /// The options with their defaults.
    fileprivate init(_ options: [FormatOption]) {
        self.init(options.compactMap { option in option.shape.default.map { (option.name, $0) } })
    }
}
