import JSON
import Posix
import Support

/// A stream that is being read.
final class EventListener {
    private let exchange: Exchange
    private(set) var text = ""
    /// Whether the stream has ended.
    private(set) var isOver = false

    init(_ client: Client, _ headers: [(String, String)] = [], target: String = "/report/exports/events") throws {
        exchange = try client.begin("GET", target, headers)
    }

    /// Reads on until the text has `needle`, or twenty seconds have passed.
    func hears(_ needle: String) throws -> Bool {
        let deadline = Clock.monotonicMilliseconds + 20_000
        if text.contains(needle) { return true }
        while !isOver {
            let left = deadline - Clock.monotonicMilliseconds
            guard left > 0, try waitReadable([exchange.descriptor], milliseconds: left)[0] else { return false }
            let bytes = try exchange.read()
            isOver = bytes.isEmpty
            text += String(decoding: bytes, as: UTF8.self)
            // The rest was searched before.
            if text.suffix(bytes.count + needle.count).contains(needle) { return true }
        }
        return false
    }

    /// The jobs of the events so far, with the ids of the events.
    var events: [(id: Int?, name: String, job: JSON)] {
        text.split(separator: "\n\n").compactMap { block in
            var id: Int?
            var (name, job) = ("", JSON.null)
            for line in block.split(whereSeparator: \.isNewline) {
                if line.hasPrefix("id: ") { id = Int(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { name = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { job = (try? JSON.parse(String(line.dropFirst(6)))) ?? .null }
            }
            return name.isEmpty ? nil : (id, name, job)
        }
    }
}
