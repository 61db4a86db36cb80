/// Where a page stands among the others of its list.
struct OffsetPages: Equatable {
    let limit: Int
    let offset: Int
    let total: Int
    /// Then no page is the last, and a next one is there when this one is full.
    var isEstimated = false
    /// How many the page has.
    var shown = 0

    var next: Int? { (isEstimated ? shown == limit : offset + limit < total) ? offset + limit : nil }
    var previous: Int? { offset > 0 ? max(0, offset - limit) : nil }
    private var last: Int { total > 0 ? (total - 1) / limit * limit : 0 }

    /// The value of a `Link` header (RFC 8288): first, prev, next and last where they are other pages.
    func link(_ url: (Int) -> String) -> String? {
        let targets: [(String, Int?)] = [
            ("first", offset > 0 ? 0 : nil), ("prev", previous), ("next", next),
            ("last", next == nil || isEstimated ? nil : last),
        ]
        let links = targets.compactMap { relation, offset in offset.map { "<\(url($0))>; rel=\"\(relation)\"" } }
        return links.isEmpty ? nil : links.joined(separator: ", ")
    }
}
