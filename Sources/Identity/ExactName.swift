/// Names of tenants, keys, issuers and audiences are compared as PostgreSQL and the other party compare them: byte by
/// byte. Swift takes two spellings of one character for equal, `é` and `e` with an accent after it, so that the tenant
/// of one spelling could reach that of the other.
extension String {
    func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Sequence<String> {
    func containsExactly(_ name: String) -> Bool { contains { $0.isExactly(name) } }
}
