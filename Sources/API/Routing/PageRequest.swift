import HTTP

/// `page` and `limit` of a list.
struct PageRequest: Equatable {
    let page: Int
    let limit: Int

    var offset: Int64 { Int64(page - 1) * Int64(limit) }

    init(_ query: Query) throws(APIError) {
        page = try query.number("page", default: 1, in: 1...1_000_000)
        limit = try query.number("limit", default: 20, in: 1...100)
    }
}
