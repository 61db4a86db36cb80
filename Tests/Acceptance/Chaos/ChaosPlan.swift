import Glibc
import Support

/// What is done to the hosts and servers of a campaign at which instant, drawn from a seed.
struct ChaosPlan {
    /// The kinds of process that are killed and stopped; a backend is a session's process in the queue's PostgreSQL.
    enum Kind: String, CaseIterable {
        case export, part, responder, dispatcher, events, housekeeper, scheduler, webhooks, audit, supervisor, backend

        /// How often of a hundred kills, about.
        fileprivate var share: Int {
            switch self {
            case .export, .part, .responder: 18
            case .dispatcher: 10
            case .supervisor, .backend: 3
            default: 6
            }
        }
    }

    enum Mishap {
        case kill(Kind, host: Int)
        /// For so many milliseconds, unless the process is replaced before.
        case stop(Kind, host: Int, Int64)
        /// The primary, by a signal.
        case restart(Int32)
        case failOver(Int32)
        /// The host's way to both databases.
        case cut(host: Int, Int64)
        /// The storage's folder is not there, or an empty one is in its place.
        case unmount(Int64, leavingFolder: Bool)
    }

    /// In milliseconds after the beginning, in order.
    let steps: [(at: Int64, mishap: Mishap)]

    /// A cut that lasts so long ends with the jobs at another host: a lease of 20 s, and until it is looked at.
    static let longCut: Int64 = 30_000

    init(seconds: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let kinds = Kind.allCases.flatMap { Array(repeating: $0, count: $0.share) }
        let span = Int64(seconds) * 1000
        var mishaps: [Mishap] = []
        /// One at least, and one more for so many seconds.
        func times(every period: Int) -> Range<Int> { 0..<max(1, seconds / period) }
        for _ in 0..<(seconds * 2) {
            mishaps.append(
                .kill(kinds.randomElement(using: &random) ?? .export, host: .random(in: 0...1, using: &random)))
        }
        for _ in times(every: 30) {
            let kind = kinds.filter { $0 != .backend }.randomElement(using: &random) ?? .export
            mishaps.append(
                .stop(kind, host: .random(in: 0...1, using: &random), .random(in: 500...8_000, using: &random)))
        }
        for _ in times(every: 70) { mishaps.append(.restart(Bool.random(using: &random) ? SIGINT : SIGQUIT)) }
        for _ in times(every: 280) { mishaps.append(.failOver(Bool.random(using: &random) ? SIGINT : SIGQUIT)) }
        for number in times(every: 65) {
            let isLong = seconds >= 120 && number % 2 == 0
            let length =
                isLong
                ? Self.longCut + .random(in: 0...10_000, using: &random) : .random(in: 500...4_000, using: &random)
            mishaps.append(.cut(host: .random(in: 0...1, using: &random), length))
        }
        for _ in times(every: 140) {
            mishaps.append(.unmount(.random(in: 300...3_000, using: &random), leavingFolder: .random(using: &random)))
        }
        steps = mishaps.map { (Int64.random(in: 0..<span, using: &random), $0) }.sorted { $0.0 < $1.0 }
    }
}
