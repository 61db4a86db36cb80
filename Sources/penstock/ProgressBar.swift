import Generation
import Glibc
import Posix

/// A bar on the terminal's last line, when stderr is one.
final class ProgressBar: ExportObserver {
    private var total: Int64?
    private let isShown = isatty(2) == 1
    private var nextAt: Int64 = 0
    private let began = Clock.monotonicMilliseconds

    /// At most ten times a second.
    func progress(_ rows: Int64) {
        let now = Clock.monotonicMilliseconds
        guard isShown, now >= nextAt else { return }
        nextAt = now + 100
        let rate = rows * 1000 / max(1, now - began)
        guard let total, total > 0 else { return draw("\(rows) rows, \(rate)/s") }
        let done = min(1, Double(rows) / Double(total))
        let filled = Int(done * 30)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        let left = rate > 0 ? ", \(max(0, total - rows) / rate) s left" : ""
        draw("\(bar) \(Int(done * 100)) %  \(rows) of \(total) rows, \(rate)/s\(left)")
    }

    func counted(_ rows: Int64) { total = rows }

    func clear() {
        if isShown { Terminal.write("\r\u{1B}[K", to: 2) }
    }

    private func draw(_ text: String) {
        Terminal.write("\r\u{1B}[K\(text)", to: 2)
    }
}
