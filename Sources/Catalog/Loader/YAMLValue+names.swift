/// Names: those the API shows, and those of the database.
extension YAMLValue {
    /// The longest identifier PostgreSQL keeps, in bytes (NAMEDATALEN - 1); it cuts longer ones silently.
    static let identifierBytes = 63

    /// A name as `Slug` describes it.
    func slug() -> String? {
        guard let text = text() else { return nil }
        guard Slug.isWellFormed(text) else {
            fault(
                "\(name) must be 1 to 63 letters, digits, '_' or '-', beginning with a letter or digit, not '\(text)'")
            return nil
        }
        return text
    }

    /// A column's name as the database spells it, without quotes.
    func identifier() -> String? {
        guard let text = text() else { return nil }
        guard let reason = Self.identifierFault(text) else { return text }
        fault("\(name): '\(text)' is not a column's name: \(reason)")
        return nil
    }

    /// `table` or `schema.table`.
    func tableName() -> TableName? {
        guard let text = text() else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if let reason = parts.lazy.compactMap(Self.identifierFault).first {
            fault("\(name): '\(text)' is not a table's name: \(reason)")
            return nil
        }
        guard parts.count <= 2 else {
            fault("\(name): '\(text)' is not a table's name: it must be written table or schema.table")
            return nil
        }
        return parts.count == 2 ? TableName(schema: parts[0], name: parts[1]) : TableName(name: parts[0])
    }

    /// Why `text` cannot be an identifier, or nil. Spaces and capitals may be part of one: it is always quoted in SQL.
    static func identifierFault(_ text: String) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > identifierBytes { return "it is longer than \(identifierBytes) bytes" }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return "it contains a control character"
        }
        if text.contains("\"") || text.contains("'") {
            return "write it as the database spells it, without quotes; capitals and spaces are kept"
        }
        if text.contains(";") { return "it contains ';'" }
        if text.first == " " || text.last == " " { return "it begins or ends with a space" }
        return nil
    }
}
