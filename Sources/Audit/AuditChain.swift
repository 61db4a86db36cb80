import Coding
import Crypto

/// One chain of the audit, followed link by link (sql/migrations/014_chain_audit.sql says how they are made).
///
/// The hashes are computed here again, from the columns alone; the hash that the database gives is only compared.
package struct AuditChain: Sendable {
    /// A row as the chain sees it.
    package struct Link: Sendable {
        package let chain: String
        package let number: Int64
        /// Hexadecimal.
        package let hash: String
        /// The columns in the canonical form's order.
        package let fields: [String?]

        package init(chain: String, number: Int64, hash: String, fields: [String?]) {
            self.chain = chain
            self.number = number
            self.hash = hash
            self.fields = fields
        }
    }

    /// Why a chain does not hold, and from which link on.
    package struct Break: Error, Equatable, Sendable {
        package let number: Int64
        package let reason: String
    }

    package let name: String
    /// The last link that holds; 0 before the first.
    package private(set) var number: Int64
    private var digest: [UInt8]

    package init(name: String) {
        self.name = name
        number = 0
        digest = Array(SHA256.hash(data: Array(name.utf8)))
    }

    /// A chain whose beginning, up to a head, was removed.
    init(after head: AuditHead) {
        name = head.chain
        number = head.links
        digest = Hexadecimal.decode(head.hash) ?? []
    }

    /// Of the last link that holds, hexadecimal.
    package var hash: String { digest.hexadecimal }

    /// Goes on to the next row.
    package mutating func follow(_ link: Link) throws(Break) {
        guard link.number == number + 1 else {
            throw Break(
                number: number + 1, reason: "link \(number + 1) is missing; the next row is link \(link.number)")
        }
        let next = Array(SHA256.hash(data: digest + Self.canonical(link.fields)))
        guard link.fields.first == String(link.number), next.hexadecimal == link.hash else {
            throw Break(number: link.number, reason: "the row is not the one that was added, or one before it is gone")
        }
        digest = next
        number = link.number
    }

    /// Each column as its length in bytes, a colon and its text, or "-" for NULL, with commas between them.
    static func canonical(_ fields: [String?]) -> [UInt8] {
        Array(fields.map { $0.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined(separator: ",").utf8)
    }
}
