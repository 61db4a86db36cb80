import Configuration
import Generation
import Glibc
import JSON
import Jobs
import Posix
import Postgres

/// The dispatcher's ends of a spare child's pipes (see `Spare`). Closing `input` tells it to end.
struct SpareChild: ~Copyable {
    let pid: pid_t
    /// For the claim that the child is to work on.
    let input: FileDescriptor
    /// In which it says how that goes.
    let output: ChildPipe

    /// A pipe takes so much without waiting for its reader (pipe(7)).
    private static let mostBytes = 65_536

    /// - Returns: false when the child cannot take the claim, and knows nothing of it.
    func hand(_ claim: Claim, slot: Int) -> Bool {
        let order: JSON = ["slot": .int(slot), "claim": claim.json]
        let line = order.serialized + [UInt8(ascii: "\n")]
        guard line.count <= Self.mostBytes else { return false }
        return (try? input.writeAll(line)) != nil
    }
}

/// The child's side.
enum SpareWait {
    /// Connects to the source and waits for a claim. Ends the process when the dispatcher has none for it.
    ///
    /// A connection that the server ends, or on which it says anything, is given up: the claim then gets a new one, as
    /// in a child that was forked for it.
    static func order(
        _ input: Int32, source conninfo: String
    ) -> (claim: Claim, slot: Int, session: SourceSession?) {
        var session = connected(conninfo)
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while line.last != UInt8(ascii: "\n") {
            guard let ready = try? waitReadable([input, session?.connection.socket ?? -1], milliseconds: nil) else {
                _exit(1)
            }
            if ready[1] { session = nil }
            guard ready[0] else { continue }
            let count = read(input, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { _exit(0) }
            line += chunk[..<count]
        }
        guard let json = try? JSON.parse(line, limits: .stored), let slot = json["slot"]?.int,
            let claim = json["claim"].flatMap({ Claim($0) })
        else { _exit(1) }
        return (claim, slot, session)
    }

    /// A session whose server has begun a transaction once, so that it has read what it needs for that.
    /// - Returns: nil when there is none; the export will tell why.
    private static func connected(_ conninfo: String) -> SourceSession? {
        do {
            let session = try SourceSession(conninfo, purpose: "penstock spare")
            _ = try session.inspecting { _ in }
            return session.renamed("penstock export")
        } catch {
            return nil
        }
    }
}
