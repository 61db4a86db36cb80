import Posix

/// The names of files that exist for a moment only. One that a process has left behind by dying in that moment is known
/// by its name, and the sweep takes it away.
enum TemporaryName {
    private static let beginning = ".penstock-"

    static func make() -> String { "\(beginning)\(UUID.version4())" }

    static func isOurs(_ name: String) -> Bool {
        name.hasPrefix(beginning) && UUID(String(name.dropFirst(beginning.count))) != nil
    }
}
