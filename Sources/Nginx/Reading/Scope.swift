/// A block with those around it: the directives of a name that hold in a location come from the innermost level that
/// has any.
package struct Scope {
    /// From the outermost (the main file) to the block itself.
    private let levels: [[Directive]]
    package let directive: Directive

    private init(levels: [[Directive]], directive: Directive) {
        self.levels = levels
        self.directive = directive
    }

    /// All blocks of a name, at any depth.
    package static func all(_ name: String, in main: [Directive]) -> [Scope] {
        find(name, in: main, levels: [main])
    }

    /// The blocks of a name inside this one, at any depth.
    package func all(_ name: String) -> [Scope] { Self.find(name, in: levels.last ?? [], levels: levels) }

    private static func find(_ name: String, in directives: [Directive], levels: [[Directive]]) -> [Scope] {
        var result: [Scope] = []
        for directive in directives {
            guard let block = directive.block else { continue }
            let inner = Scope(levels: levels + [block], directive: directive)
            if directive.name == name { result.append(inner) }
            result += find(name, in: block, levels: inner.levels)
        }
        return result
    }

    package var place: Place { directive.place }

    /// The directives of a name that hold here: nginx inherits them together, and only where the block itself has no
    /// directive of that name.
    package func effective(_ name: String) -> [Directive] {
        for level in levels.reversed() {
            let found = level.filter { $0.name == name }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The block's own directives, without those around it.
    package func own(_ name: String) -> [Directive] { (levels.last ?? []).filter { $0.name == name } }
}
