/// Suggestions for an unknown name.
package enum Spelling {
    /// How many names a message lists.
    private static let listed = 20

    /// "; did you mean 'label'?" when one of `names` is near, else "; allowed: a, b, c".
    package static func hint(
        for name: String, among names: [String], listedAs title: String = "allowed"
    ) -> String {
        let near = suggestion(for: name, among: names)
        guard near.isEmpty, !names.isEmpty else { return near }
        let more = names.count > listed ? ", … (\(names.count) in all)" : ""
        return "; \(title): \(names.prefix(listed).joined(separator: ", "))\(more)"
    }

    /// "; did you mean 'label'?" when one of `names` is near, else nothing.
    package static func suggestion(for name: String, among names: [String]) -> String {
        nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The one of `names` that is at most two slips away, one for a name of three or four letters; a shorter one is
    /// known only by its capitals.
    package static func nearest(to name: String, among names: [String]) -> String? {
        let reach = name.count < 3 ? 0 : name.count < 5 ? 1 : 2
        // A name of a client may be as long as its body. Only those of about its length are compared with it.
        let nearest = names.filter { abs($0.count - name.count) <= reach }
            .map { ($0, distance(name.lowercased(), $0.lowercased())) }.min { $0.1 < $1.1 }
        return nearest.flatMap { $0.1 <= reach ? $0.0 : nil }
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
