import JSON

/// The names that a surface has for the fields of a request, and their places in its body: a table from the names of
/// `ExportRequest`'s own form, which the decoder asks for, to the surface's. `FieldReader` reads by it, and faults are
/// named by it.
package struct FieldNames: Sendable {
    /// One line of the table.
    package struct Place: Sendable {
        /// The decoder's path; `*` stands for any one name.
        let field: [String]
        /// The surface's path from its body on.
        let name: [String]
        /// The value, for a field that the surface gives otherwise than by a member of its body.
        var value: JSON?
        /// Whether one value counts as a list of one.
        var takesOne = false

        /// - Parameters:
        ///   - field: dotted; empty for all fields that have no line of their own.
        ///   - name: dotted.
        package init(_ field: String, _ name: String, value: JSON? = nil, takesOne: Bool = false) {
            self.field = RequestFault.path(field)
            self.name = RequestFault.path(name)
            self.value = value
            self.takesOne = takesOne
        }
    }

    /// The decoder's own names.
    package static let own = FieldNames([])

    private let places: [Place]
    /// Whether `sort` is a list of texts, each a column with `-` before it for descending.
    let signsSortTerms: Bool

    package init(_ places: [Place], signsSortTerms: Bool = false) {
        self.places = places
        self.signsSortTerms = signsSortTerms
    }

    var isEmpty: Bool { places.isEmpty }

    func place(of field: [String]) -> Place? {
        places.first { $0.field.count == field.count && Self.begins(field, with: $0.field) }
    }

    /// Those of the members of an object that the surface has no object for.
    func places(below field: [String]) -> [Place] {
        places.filter {
            $0.field.count == field.count + 1 && Self.begins($0.field, with: field) && !$0.field.contains("*")
        }
    }

    /// The members that an object of the surface's body can have.
    package func names(below object: String) -> Set<String> {
        Set(places.filter { $0.name.count == 2 && $0.name[0] == object }.map { $0.name[1] })
    }

    /// The surface's path to a field: that of its line, or of the longest line that it lies below.
    package func name(of field: [String]) -> [String] {
        let above = places.filter { Self.begins(field, with: $0.field) }
        guard let place = above.max(by: { $0.field.count < $1.field.count }) else { return field }
        var matched = zip(place.field, field).filter { $0.0 == "*" }.map(\.1)[...]
        return place.name.map { $0 == "*" ? matched.popFirst() ?? $0 : $0 } + field.dropFirst(place.field.count)
    }

    /// The fault under the name that the surface has for its field.
    func named(_ fault: RequestFault) -> RequestFault { fault.moved(to: name(of: fault.path)) }

    private static func begins(_ field: [String], with beginning: [String]) -> Bool {
        field.count >= beginning.count && zip(field, beginning).allSatisfy { $0 == $1 || $1 == "*" }
    }
}
