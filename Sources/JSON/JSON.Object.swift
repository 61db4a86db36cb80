extension JSON {
    /// An object whose members keep the order in which they were read or set.
    ///
    /// Keys are meant to be distinct: the parser refuses a second one, and the subscript replaces. Look-up walks the
    /// members, which for the few dozen of a request costs less than hashing.
    package struct Object: Equatable, Sendable {
        package var members: [(key: String, value: JSON)]

        package init() { members = [] }

        package init(_ members: [(String, JSON)]) {
            self.members = members.map { (key: $0.0, value: $0.1) }
        }

        package var isEmpty: Bool { members.isEmpty }
        package var count: Int { members.count }
        package var keys: [String] { members.map(\.key) }

        /// Setting keeps the member's position or appends; setting nil removes.
        package subscript(key: String) -> JSON? {
            get { members.first { $0.key == key }?.value }
            set {
                let position = members.firstIndex { $0.key == key }
                switch (position, newValue) {
                case (let position?, let value?): members[position].value = value
                case (let position?, nil): members.remove(at: position)
                case (nil, let value?): members.append((key: key, value: value))
                case (nil, nil): break
                }
            }
        }

        /// Equal when the members are equal and stand in the same order.
        package static func == (left: Object, right: Object) -> Bool {
            left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
        }
    }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
