/// The end of a chain at some time. Kept where the database's owner cannot change it, it proves later that nothing up
/// to it was cut off or rewritten.
package struct AuditHead: Equatable, Sendable {
    package let chain: String
    package let links: Int64
    /// Of the last link, hexadecimal.
    package let hash: String

    package init(chain: String, links: Int64, hash: String) {
        self.chain = chain
        self.links = links
        self.hash = hash
    }
}
