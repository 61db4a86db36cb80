/// One directive of an nginx configuration: `name argument …;` or `name argument … { … }`.
package struct Directive: Sendable {
    package let name: String
    /// Without their quotes and escapes.
    package let arguments: [String]
    package let place: Place
    /// The directives between the braces, with included files in their place; nil without braces.
    package let block: [Directive]?

    package init(name: String, arguments: [String], place: Place, block: [Directive]?) {
        self.name = name
        self.arguments = arguments
        self.place = place
        self.block = block
    }

    /// The first argument, the only one of most directives.
    package var value: String { arguments.first ?? "" }
}

/// Why a configuration cannot be understood.
package struct NginxError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    package init(_ place: Place, _ reason: String) {
        description = "\(place): \(reason)"
    }
}
