import JSON
import Posix
import Support

/// A stream that is being read.
final class EventListener {
    private let exchange: Exchange
    /// The head, and the body without the frames of its chunks.
    private(set) var text = ""
    /// Whether the stream has ended.
    private(set) var isOver = false
    private var unread: [UInt8] = []
    /// Bytes of the chunk that are still to come; nil before the head has been read.
    private var left: Int?
    private var isChunked = false

    init(_ client: Client, _ headers: [(String, String)] = [], target: String = "/report/exports/events") throws {
        exchange = try client.begin("GET", target, headers)
    }

    /// Reads on until the text has `needle`, or twenty seconds have passed.
    func hears(_ needle: String) throws -> Bool {
        let deadline = Clock.monotonicMilliseconds + 20_000
        if text.contains(needle) { return true }
        while !isOver {
            let left = deadline - Clock.monotonicMilliseconds
            guard left > 0, let count = try listen(milliseconds: left) else { return false }
            // The rest was searched before.
            if text.suffix(count + needle.count).contains(needle) { return true }
        }
        return false
    }

    /// Waits for more and takes it.
    /// - Returns: how many bytes have come; nil when none came in time.
    @discardableResult
    func listen(milliseconds: Int64) throws -> Int? {
        guard try waitReadable([exchange.descriptor], milliseconds: milliseconds)[0] else { return nil }
        let bytes = try exchange.read()
        isOver = bytes.isEmpty
        unread += bytes
        take()
        return bytes.count
    }

    /// Moves what can be understood from `unread` to `text`.
    private func take() {
        while !unread.isEmpty {
            if left == nil {
                guard let end = unread.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
                let head = String(decoding: unread[..<end.upperBound], as: UTF8.self)
                isChunked = head.lowercased().contains("transfer-encoding: chunked")
                append(end.upperBound)
                left = 0
            } else if !isChunked {
                append(unread.count)
            } else if let count = left, count > 0 {
                left = count - min(count, unread.count)
                append(min(count, unread.count))
            } else {
                // The length of the next chunk, or the end of the one before.
                guard let end = unread.firstRange(of: Array("\r\n".utf8)) else { return }
                left = Int(String(decoding: unread[..<end.lowerBound], as: UTF8.self), radix: 16) ?? 0
                unread.removeFirst(end.upperBound)
            }
        }
    }

    private func append(_ count: Int) {
        text += String(decoding: unread[..<count], as: UTF8.self)
        unread.removeFirst(count)
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
