import Glibc
import JSON
import Posix
import Support
import Synchronization

/// A client of the events that comes back after each break, at either host, with the number of the last event that it
/// has read.
final class ChaosStream: Sendable {
    struct Told: Sendable {
        /// The numbers of the changes that were told, with the job of each.
        var changes: [Int: String] = [:]
        var repeated: [Int] = []
        var connections = 0
    }

    private let clients: [Client]
    private let told: Mutex<Told>
    private let isOver = Mutex(false)
    /// How long a connection is kept: its text grows meanwhile.
    private static let seconds = 2.0

    init(_ clients: [Client]) {
        self.clients = clients
        told = Mutex(Told())
    }

    var notes: Told { told.withLock { $0 } }

    func stop() { isOver.withLock { $0 = true } }

    /// Reads until it is stopped: the life of its thread.
    /// - Parameter last: the number of the last change before.
    func work(after last: Int) {
        var last = last
        var number = 0
        while !isOver.withLock({ $0 }) {
            number += 1
            let client = clients[number % clients.count]
            if let listener = try? EventListener(client, [("Last-Event-ID", "\(last)")]) {
                let end = Clock.monotonicMilliseconds + Int64(Self.seconds * 1000)
                while !listener.isOver, !isOver.withLock({ $0 }), Clock.monotonicMilliseconds < end {
                    guard (try? listener.listen(milliseconds: 200)) != nil else { break }
                }
                last = note(listener, last)
            }
            usleep(20_000)
        }
    }

    private func note(_ listener: EventListener, _ last: Int) -> Int {
        // An event that was cut in the middle was not read.
        let changes = listener.events.filter { $0.job != .null }.compactMap { event in
            event.id.map { ($0, event.name, event.job) }
        }
        told.withLock { told in
            told.connections += 1
            for (number, name, job) in changes where name == "job" {
                if told.changes.updateValue(job["id"]?.string ?? "", forKey: number) != nil {
                    told.repeated.append(number)
                }
            }
        }
        return changes.map(\.0).max() ?? last
    }
}
