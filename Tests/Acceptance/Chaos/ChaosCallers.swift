import Glibc
import JSON
import Posix
import Support
import Synchronization

/// Callers of both hosts: they create, watch, cancel and download exports, and note each answer.
final class ChaosCallers: Sendable {
    /// A request, and the digest of the file that it makes when nothing disturbs it.
    struct Kind: Sendable {
        let name: String
        let request: JSON
        let sha256: String
    }

    struct Export: Sendable {
        let kind: Int
        let key: String
        /// Whether a caller has asked for its end; a lost answer counts as well.
        var mayBeCancelled = false
    }

    struct Notes: Sendable {
        /// Those that were answered 202, by their id.
        var exports: [String: Export] = [:]
        /// Those of them whose end no caller has seen.
        var open: Set<String> = []
        /// All keys that a create was sent with.
        var keys: Set<String> = []
        /// How often each status came; 0 for no answer.
        var statuses: [Int: Int] = [:]
        /// Those of them that no outage explains.
        var unexplained: [String] = []
        var problems: [String] = []
        var downloads = 0
    }

    private let clients: [Client]
    let kinds: [Kind]
    private let outages: ChaosOutages
    private let content = Mutex(Notes())
    private let isOver = Mutex(false)
    /// As many as both hosts make at once, so that a job that runs again waits for no other.
    private static let mostOpen = 4

    init(_ clients: [Client], _ kinds: [Kind], _ outages: ChaosOutages) {
        self.clients = clients
        self.kinds = kinds
        self.outages = outages
    }

    var notes: Notes { content.withLock { $0 } }

    func stop() { isOver.withLock { $0 = true } }

    /// Works until it is stopped: the life of one caller's thread.
    func work(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var number = 0
        while !isOver.withLock({ $0 }) {
            let open = content.withLock { $0.open }
            if open.count < Self.mostOpen {
                number += 1
                create("chaos-\(seed)-\(number)", &random)
            } else if let id = open.sorted().randomElement(using: &random) {
                watch(id, &random)
            }
            usleep(.random(in: 1_000...20_000, using: &random))
        }
    }

    /// Sends a create again and again, at either host, until it is accepted.
    private func create(_ key: String, _ random: inout SplitMix64) {
        let number = Int.random(in: 0..<kinds.count, using: &random)
        content.withLock { _ = $0.keys.insert(key) }
        var request = kinds[number].request.object ?? JSON.Object()
        request["notifyOnCompletion"] = .bool(Bool.random(using: &random))
        while !isOver.withLock({ $0 }) {
            let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)]
            let reply = ask("POST", "/report/exports", headers, JSON.object(request).serialized, &random)
            if reply?.status == 202, let id = try? reply?.json["data"]?["id"]?.string {
                return content.withLock {
                    $0.exports[id] = Export(kind: number, key: key)
                    $0.open.insert(id)
                }
            }
            if let reply, (400..<500).contains(reply.status) {
                return content.withLock {
                    $0.problems.append("a create was refused: \(reply.status) \(reply.text.prefix(200))")
                }
            }
            usleep(50_000)
        }
    }

    private func watch(_ id: String, _ random: inout SplitMix64) {
        guard let reply = ask("GET", "/report/exports/\(id)", [], nil, &random) else { return }
        if reply.status == 404 { return content.withLock { $0.problems.append("\(id) was accepted and is unknown") } }
        guard reply.status == 200, let state = try? reply.json["data"]?["status"]?.string else { return }
        switch state {
        case "ready":
            if Int.random(in: 0..<3, using: &random) == 0, !download(id, &random) { return }
            settled(id)
        case "failed", "cancelled", "expired": settled(id)
        default:
            guard Int.random(in: 0..<300, using: &random) == 0 else { return }
            content.withLock { $0.exports[id]?.mayBeCancelled = true }
            _ = ask("POST", "/report/exports/\(id)/cancel", [("Content-Type", "application/json")], [], &random)
        }
    }

    private func settled(_ id: String) { content.withLock { _ = $0.open.remove(id) } }

    /// - Returns: whether the file was had and looked at.
    private func download(_ id: String, _ random: inout SplitMix64) -> Bool {
        guard let link = ask("GET", "/report/exports/\(id)/download", [], nil, &random), link.status == 200,
            let url = try? link.json["data"]?["downloadUrl"]?.string, let start = url.firstRange(of: "/report/files/"),
            let file = ask("GET", String(url[start.lowerBound...]), [], nil, &random), file.status == 200,
            let sum = try? Shell.output(["sha256sum"], input: file.body)
        else { return false }
        content.withLock {
            $0.downloads += 1
            let wanted = $0.exports[id].map { kinds[$0.kind].sha256 }
            if String(decoding: sum.prefix(64), as: UTF8.self) != wanted {
                $0.problems.append("\(id) was downloaded with other bytes")
            }
        }
        return true
    }

    /// Sends a request to either host and notes its answer; nil when there is none.
    private func ask(
        _ method: String, _ target: String, _ headers: [(String, String)], _ body: [UInt8]?, _ random: inout SplitMix64
    ) -> Reply? {
        let host = Int.random(in: 0..<clients.count, using: &random)
        let began = Clock.monotonicMilliseconds
        var reply: Reply?
        var error = ""
        do { reply = try clients[host].reply(method, target, headers, body: body) } catch let caught {
            error = "\(caught)"
        }
        let now = Clock.monotonicMilliseconds
        let status = reply?.status ?? 0
        let isGood = (200..<500).contains(status) && status != 410
        let isExplained = isGood || outages.covers(host, target, from: began, to: now)
        let said = "\(method) \(target.prefix(64)) at host \(host): \(status) \(reply?.text.prefix(120) ?? error[...])"
        content.withLock {
            $0.statuses[status, default: 0] += 1
            if !isExplained { $0.unexplained.append("\(said) after \(now - began) ms") }
            if [502, 503].contains(status), reply?["Retry-After"] == nil {
                $0.problems.append("no Retry-After: \(said)")
            }
            if status >= 500, (try? reply?.json["success"]?.bool) != false { $0.problems.append("no JSON: \(said)") }
        }
        return reply
    }
}
