import Posix

/// How many requests each endpoint has answered, with which status and how fast, in memory that all responders share.
package final class RequestMetrics {
    /// By the order of their counters; the last is for paths that lead to no endpoint.
    private let operations: [String]
    private let places: [String: Int]
    /// The last is for others.
    private static let statuses = [
        200, 202, 204, 206, 302, 304, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503, 0,
    ]

    private let counters: SharedCounters
    private static let width = statuses.count + Durations.requests.width

    /// - Parameter operations: the ids of all endpoints.
    /// - Throws: `PosixError` when there is no memory.
    package init(_ operations: [String]) throws(PosixError) {
        self.operations = operations + ["none"]
        places = Dictionary(uniqueKeysWithValues: operations.enumerated().map { ($1, $0) })
        counters = try SharedCounters(count: self.operations.count * Self.width)
    }

    /// - Parameter operation: nil for a path that leads to no endpoint.
    package func count(_ operation: String?, status: Int, microseconds: Int64) {
        let base = (operation.flatMap { places[$0] } ?? operations.count - 1) * Self.width
        counters.add(1, at: base + (Self.statuses.firstIndex(of: status) ?? Self.statuses.count - 1))
        let durations = base + Self.statuses.count
        counters.add(1, at: durations + Durations.requests.place(of: microseconds))
        counters.add(microseconds, at: durations + Durations.requests.width - 1)
    }

    func write(to text: inout OpenMetrics) {
        text.family("requests", .counter, "Requests that have been answered.")
        for (place, operation) in operations.enumerated() {
            for (index, status) in Self.statuses.enumerated() {
                let count = counters[place * Self.width + index]
                guard count > 0 else { continue }
                text.sample([("operation", operation), ("status", status == 0 ? "other" : "\(status)")], count)
            }
        }
        text.family("request_seconds", .histogram, "Time from a request's arrival at a responder to its answer.")
        for (place, operation) in operations.enumerated() {
            let base = place * Self.width + Self.statuses.count
            guard (0..<Durations.requests.width).contains(where: { counters[base + $0] > 0 }) else { continue }
            Durations.requests.write([("operation", operation)], to: &text) { counters[base + $0] }
        }
    }
}
