/// One kind of mapping in a catalog file: the keys that the loader takes there, with what the reference tells of them
/// (docs/catalog-reference.md, which a test holds against this).
package struct CatalogMapping: Sendable {
    /// Where it stands: `columns`, an item; empty for the file itself.
    package let place: String
    package let purpose: String
    package let keys: [CatalogKey]

    var names: [String] { keys.map(\.name) }

    init(_ place: String, _ purpose: String, _ keys: [CatalogKey]) {
        self.place = place
        self.purpose = purpose
        self.keys = keys
    }
}

/// A key of a mapping.
package struct CatalogKey: Sendable {
    /// What a value may be.
    package enum Value: Sendable {
        /// 1 to 63 letters, digits, `_` or `-`, beginning with a letter or digit.
        case name
        case text
        /// A text, or a mapping of language tags to texts.
        case localizedText
        /// `table` or `schema.table`.
        case table
        /// A column as the database spells it.
        case column
        case flag
        case zone
        /// `30d`, `12h` or `none`.
        case duration
        case permission
        case choice([String])
        /// A mapping, or a list of them, with a table of its own; or plain texts and the like besides.
        case nested(String)
    }

    package enum Presence: Sendable {
        case required
        /// What holds when it is left out.
        case optional(String)
        /// Required or refused, by another key.
        case depends(String)
    }

    package let name: String
    package let value: Value
    package let presence: Presence
    package let purpose: String

    init(_ name: String, _ value: Value, _ presence: Presence, _ purpose: String) {
        self.name = name
        self.value = value
        self.presence = presence
        self.purpose = purpose
    }
}
