import Posix
import Synchronization

/// When something was away without which a host cannot answer every request.
final class ChaosOutages: Sendable {
    private struct Outage {
        /// nil for all hosts.
        let host: Int?
        let from: Int64
        var to = Int64.max
        /// Whether it concerns files alone.
        let isOfStorage: Bool
    }
    private let outages = Mutex<[Outage]>([])

    /// What it takes connections to come back, on a machine on which everything else runs too.
    private static let aftermath: Int64 = 10_000

    /// - Parameter host: nil for all hosts.
    /// - Returns: its number, for its end.
    func began(_ host: Int?, isOfStorage: Bool = false) -> Int {
        outages.withLock {
            $0.append(Outage(host: host, from: Clock.monotonicMilliseconds, isOfStorage: isOfStorage))
            return $0.count - 1
        }
    }

    func ended(_ number: Int) { outages.withLock { $0[number].to = Clock.monotonicMilliseconds } }

    /// Whether it explains that a request of a host's was not answered well.
    /// - Parameter target: of the request.
    func covers(_ host: Int, _ target: String, from: Int64, to: Int64) -> Bool {
        let isOfFile = target.contains("/download") || target.hasPrefix("/report/files/")
        return outages.withLock {
            $0.contains { outage in
                outage.host ?? host == host && outage.from <= to && (isOfFile || !outage.isOfStorage)
                    && (outage.to == .max || from <= outage.to + Self.aftermath)
            }
        }
    }
}
