/// The result of following all chains of the audit.
package struct AuditVerification: Sendable {
    /// The chains that hold, with their ends.
    package private(set) var whole: [AuditHead] = []
    /// The first break of each chain that does not, and of each that is not as a head that was kept says.
    package private(set) var broken: [(chain: String, at: AuditChain.Break)] = []
    /// Rows that were read.
    package private(set) var links: Int64 = 0

    private var current: AuditChain?
    private var isBroken = false
    private let heads: [String: [AuditHead]]
    private let checkpoints: [String: AuditCheckpoint]
    private let signer: (any CheckpointSigner)?
    private var met: Set<String> = []

    private static let pageSize = 2_000

    /// Reads and follows everything.
    /// - Parameters:
    ///   - heads: ends of chains that were kept elsewhere; each must still be on its chain, unless a checkpoint stands
    ///     for its place.
    ///   - signer: checks the checkpoints; nil when there are no keys.
    package init(_ table: AuditTable, heads: [AuditHead] = [], signer: (any CheckpointSigner)? = nil) throws {
        self.heads = Dictionary(grouping: heads, by: \.chain)
        self.signer = signer
        checkpoints = Dictionary(uniqueKeysWithValues: try table.checkpoints().map { ($0.head.chain, $0) })
        for kind in ["downloads", "transfers"] {
            var after = (chain: "", number: Int64(0))
            while case let page = try table.links(kind, after: after, limit: Self.pageSize), !page.isEmpty {
                for link in page { follow(link) }
                after = page.last.map { ($0.chain, $0.number) } ?? after
            }
            endChain()
        }
        for chain in checkpoints.keys.sorted() where !met.contains(chain) {
            begin(chain)
            endChain()
        }
        for chain in self.heads.keys.sorted() where !met.contains(chain) {
            broken.append((chain, AuditChain.Break(number: 1, reason: "the whole chain is gone")))
        }
    }

    private mutating func follow(_ link: AuditChain.Link) {
        links += 1
        if current?.name != link.chain {
            endChain()
            begin(link.chain)
        }
        guard !isBroken, var chain = current else { return }
        do throws(AuditChain.Break) {
            try chain.follow(link)
            try compareHead(chain)
            current = chain
        } catch {
            isBroken = true
            broken.append((link.chain, error))
        }
    }

    private mutating func begin(_ name: String) {
        met.insert(name)
        guard let checkpoint = checkpoints[name] else {
            current = AuditChain(name: name)
            return
        }
        let chain = AuditChain(after: checkpoint.head)
        current = chain
        do throws(AuditChain.Break) {
            if let fault = checkpoint.fault(signer) { throw AuditChain.Break(number: chain.number, reason: fault) }
            try compareHead(chain)
        } catch {
            isBroken = true
            broken.append((name, error))
        }
    }

    private func compareHead(_ chain: AuditChain) throws(AuditChain.Break) {
        for head in heads[chain.name] ?? [] where head.links == chain.number && head.hash != chain.hash {
            throw AuditChain.Break(
                number: chain.number, reason: "the chain was written anew: the head that was kept differs")
        }
    }

    private mutating func endChain() {
        guard let chain = current else { return }
        let longest = heads[chain.name]?.map(\.links).max() ?? 0
        if !isBroken, longest > chain.number {
            broken.append(
                (
                    chain.name,
                    AuditChain.Break(
                        number: chain.number + 1, reason: "the end was cut off: there were \(longest) links")
                ))
            isBroken = true
        }
        if !isBroken { whole.append(AuditHead(chain: chain.name, links: chain.number, hash: chain.hash)) }
        current = nil
        isBroken = false
    }
}
