/// The names that a call's query may have, besides `tenant_id` and `language`.
struct QueryNames: Sendable, ExpressibleByArrayLiteral {
    let names: Set<String>
    /// Every name that begins so.
    var prefix: String?

    init(_ names: Set<String>, prefix: String? = nil) {
        self.names = names
        self.prefix = prefix
    }

    init(arrayLiteral names: String...) { self.init(Set(names)) }

    func hasPrefix(_ name: String) -> Bool { prefix.map { name.hasPrefix($0) } ?? false }

    func contains(_ name: String) -> Bool { names.contains(name) || hasPrefix(name) }
}
