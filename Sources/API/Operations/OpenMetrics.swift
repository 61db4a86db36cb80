/// Figures in the text form of OpenMetrics 1.0.0, which Prometheus reads
/// (https://prometheus.io/docs/specs/om/open_metrics_spec/).
package struct OpenMetrics: Sendable {
    package enum Kind: String, Sendable {
        case gauge, counter, histogram
    }

    /// The older form of Prometheus' own, for readers that take no other.
    private let isPlain: Bool
    package private(set) var text = ""
    private var name = ""
    private var suffix = ""

    /// - Parameter isPlain: whether the older form is asked for, in which counters are called as their samples.
    package init(isPlain: Bool = false) { self.isPlain = isPlain }

    package var contentType: String {
        isPlain
            ? "text/plain; version=0.0.4; charset=utf-8" : "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }

    /// Begins a family; its samples follow.
    package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = "penstock_\(name)"
        suffix = kind == .counter ? "_total" : ""
        let family = self.name + (isPlain ? suffix : "")
        text += "# HELP \(family) \(help)\n# TYPE \(family) \(kind.rawValue)\n"
    }

    /// - Parameter extra: `_bucket`, `_sum` or `_count` of a histogram.
    package mutating func sample(
        _ labels: [(String, String)] = [], _ value: some CustomStringConvertible, _ extra: String = ""
    ) {
        text += name + (extra.isEmpty ? suffix : extra)
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    package mutating func end() { text += isPlain ? "" : "# EOF\n" }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

/// Upper bounds of durations, and a histogram over them in shared counters: a counter for each bound, one for what is
/// longer, and the sum in microseconds.
package struct Durations: Sendable {
    /// Seconds, as the label writes them, and microseconds.
    let bounds: [(label: String, microseconds: Int64)]

    package static let requests = Durations([
        "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "10.0",
    ])
    package static let exports = Durations(["0.1", "0.5", "1.0", "5.0", "15.0", "60.0", "300.0", "900.0", "3600.0"])

    private init(_ seconds: [String]) {
        bounds = seconds.map { ($0, Int64((Double($0) ?? 0) * 1_000_000)) }
    }

    /// How many counters it takes.
    package var width: Int { bounds.count + 2 }

    /// The place of a duration among its counters.
    package func place(of microseconds: Int64) -> Int {
        bounds.firstIndex { microseconds <= $0.microseconds } ?? bounds.count
    }

    /// - Parameter count: reads the counter at a place.
    package func write(_ labels: [(String, String)], to text: inout OpenMetrics, reading count: (Int) -> Int64) {
        var sum: Int64 = 0
        for (place, bound) in bounds.enumerated() {
            sum += count(place)
            text.sample(labels + [("le", bound.label)], sum, "_bucket")
        }
        sum += count(bounds.count)
        text.sample(labels + [("le", "+Inf")], sum, "_bucket")
        text.sample(labels, Double(count(bounds.count + 1)) / 1_000_000, "_sum")
        text.sample(labels, sum, "_count")
    }
}
