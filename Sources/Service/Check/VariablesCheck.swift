import Coding
import Configuration
@preconcurrency import Glibc

/// Warns of variables of the environment that are named like settings and are none: a slip of the keyboard leaves a
/// default in force.
enum VariablesCheck {
    private static let prefix = "PENSTOCK_"
    /// What this project's tests and scripts set for themselves.
    private static let others = ["TEST_", "STORM_", "CHAOS_", "WRITE_", "SHOTS", "FAILPOINTS"]

    static func run() -> [CheckFinding] { findings(variables()) }

    static func findings(_ variables: [String]) -> [CheckFinding] {
        let known = Settings.all.map { prefix + $0.name }
        return variables.filter { name in
            name.hasPrefix(prefix) && !known.contains(name)
                && !others.contains { name.dropFirst(prefix.count).hasPrefix($0) }
        }.sorted().map { name in
            let nearest = Spelling.nearest(to: name, among: known)
            let hint = nearest.map { "did you mean \($0)?" } ?? "penstock serve --help lists the settings"
            return CheckFinding(
                subject: "settings", grade: .warning, message: "\(name) is set and is no setting; \(hint)")
        }
    }

    /// The names of the environment's variables.
    private static func variables() -> [String] {
        var entry = environ
        var names: [String] = []
        while let text = entry.pointee {
            names.append(String(String(cString: text).prefix { $0 != "=" }))
            entry += 1
        }
        return names
    }
}
