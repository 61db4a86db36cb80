import JSON

/// What the catalogs look at when they decide what a caller may see: its permissions, and the claims that its sign-in
/// makes of it.
package struct Viewer: Equatable, Sendable {
    package let permissions: Set<String>
    /// The values of each claim; a claim without values is not there.
    package let claims: [String: [String]]
    /// Whether it sees everything: a superuser, and an operator at the command line.
    package let isUnrestricted: Bool

    package init(permissions: Set<String>, claims: [String: [String]], isUnrestricted: Bool = false) {
        self.permissions = permissions
        self.claims = claims.compactMapValues { values in
            let values = values.filter { !$0.isEmpty }
            return values.isEmpty ? nil : values
        }
        self.isUnrestricted = isUnrestricted
    }

    package static let unrestricted = Viewer(permissions: [], claims: [:], isUnrestricted: true)
    /// Somebody of whom nothing is known.
    package static let nobody = Viewer(permissions: [], claims: [:])

    /// - Parameter permission: nil where everybody may see.
    func has(_ permission: String?) -> Bool {
        guard !isUnrestricted, let permission else { return true }
        return permissions.contains(permission)
    }
}

/// As it is stored with a job and a schedule.
extension Viewer {
    package var json: JSON {
        if isUnrestricted { return ["superuser": true] }
        return [
            "permissions": .array(permissions.sorted().map { .string($0) }),
            "claims": .object(
                JSON.Object(
                    claims.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map { .string($0) })) })),
        ]
    }

    /// What is not there gives no right.
    package init(_ json: JSON) {
        self.init(
            permissions: Set((json["permissions"]?.array ?? []).compactMap(\.string)),
            claims: Dictionary(
                (json["claims"]?.object?.members ?? []).map { ($0.0, ($0.1.array ?? []).compactMap(\.string)) },
                uniquingKeysWith: { first, _ in first }),
            isUnrestricted: json["superuser"]?.bool ?? false)
    }

    /// The same with these claims alone: those that no catalog asks for are nobody's business.
    /// - Parameter names: `CatalogSet.claimNames`.
    package func keeping(claims names: Set<String>) -> Viewer {
        Viewer(
            permissions: permissions, claims: claims.filter { names.contains($0.key) }, isUnrestricted: isUnrestricted)
    }
}
