/// Suggestions for an unknown name.
package enum Spelling {
    /// How many names a message lists.
    private static let listed = 20

    /// "; did you mean 'label'?" when one of `names` is near, else "; allowed: a, b, c".
    static func hint(for name: String, among names: [String], listedAs title: String = "allowed") -> String {
        if let nearest = nearest(to: name, among: names) { return "; did you mean '\(nearest)'?" }
        guard !names.isEmpty else { return "" }
        let more = names.count > listed ? ", … (\(names.count) in all)" : ""
        return "; \(title): \(names.prefix(listed).joined(separator: ", "))\(more)"
    }

    /// The one of `names` that is at most two slips away, one for a name of three or four letters; a shorter one is
    /// known only by its capitals.
    package static func nearest(to name: String, among names: [String]) -> String? {
        let reach = name.count < 3 ? 0 : name.count < 5 ? 1 : 2
        let nearest = names.map { ($0, distance(name.lowercased(), $0.lowercased())) }.min { $0.1 < $1.1 }
        return nearest.flatMap { $0.1 <= reach ? $0.0 : nil }
    }

    /// The nearest of `tables` to a table's name; else one of the same name in another schema.
    static func nearest(to table: TableName, among tables: [String]) -> String? {
        nearest(to: "\(table)", among: tables) ?? tables.first { $0.hasSuffix(".\(table.name)") }
    }

    /// Insertions, removals, replacements and swaps of neighbours (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left), Array(right))
        var table = [[Int]](repeating: Array(0...b.count), count: a.count + 1)
        for i in 0...a.count { table[i][0] = i }
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        for i in 1...a.count {
            for j in 1...b.count {
                let replaced = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, replaced)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
                }
            }
        }
        return table[a.count][b.count]
    }
}
