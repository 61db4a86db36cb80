import Glibc
import Synchronization
import Testing

/// What the tests of suites that wait (`Waits`) took, by themselves: the test library's own seconds begin when all
/// tests begin. The slowest ten are printed when the tests end, after the library's summary.
enum SlowestTests {
    private static let shown = 10
    private static let times = Mutex([String: (milliseconds: Int64, cases: Int)]())
    private static let registration: Void = { atexit { SlowestTests.print() } }()

    static func add(_ test: Test, milliseconds: Int64) {
        _ = registration
        let name = "\(test.displayName ?? test.name) (\(test.sourceLocation.fileName))"
        times.withLock { all in
            let before = all[name] ?? (0, 0)
            all[name] = (before.milliseconds + milliseconds, before.cases + 1)
        }
    }

    private static func print() {
        let all = times.withLock { $0 }
        let sum = all.values.reduce(0) { $0 + $1.milliseconds }
        Swift.print(
            "The slowest \(min(shown, all.count)) of \(all.count) tests that wait, which took \(seconds(sum)) s in all:"
        )
        for (name, took) in all.sorted(by: { $0.value.milliseconds > $1.value.milliseconds }).prefix(shown) {
            let cases = took.cases > 1 ? ", \(took.cases) cases" : ""
            Swift.print("\(seconds(took.milliseconds)) s  \(name)\(cases)")
        }
        fflush(nil)
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        let tenths = (milliseconds + 50) / 100
        let text = "\(tenths / 10).\(tenths % 10)"
        return String(repeating: " ", count: max(0, 6 - text.count)) + text
    }
}
