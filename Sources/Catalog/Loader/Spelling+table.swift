import Coding

extension Spelling {
    /// The nearest of `tables` to a table's name; else one of the same name in another schema.
    static func nearest(to table: TableName, among tables: [String]) -> String? {
        nearest(to: "\(table)", among: tables) ?? tables.first { $0.hasSuffix(".\(table.name)") }
    }
}
