/// Versions of PostgreSQL and nginx with vulnerabilities that their projects have published and fixed.
///
/// Only vulnerabilities that count for a server as Penstock uses it: those that a database role can reach with SQL, and
/// those that a request can reach in nginx. From the projects' own lists: https://www.postgresql.org/support/security/
/// and https://nginx.org/en/security_advisories.html. The linked libfcgi is tried instead (`LibraryProbe`).
enum KnownHoles {
    struct Hole {
        let name: String
        let what: String
        /// The first version that is mended, on each branch that was mended; oldest first. Branches after these never
        /// had it.
        let mendedIn: [Version]
    }

    static let postgres = [
        Hole(
            name: "CVE-2026-6473", what: "undersized allocations",
            mendedIn: [Version(15, 18), Version(16, 14), Version(17, 10), Version(18, 4)]),
        Hole(
            name: "CVE-2026-2006", what: "buffer overrun by text with broken multibyte characters",
            mendedIn: [Version(15, 16), Version(16, 12), Version(17, 8), Version(18, 2)]),
    ]

    /// Both by `rewrite` with captures alone.
    static let nginxRewrite = [
        Hole(
            name: "CVE-2026-9256", what: "buffer overflow in rewrite", mendedIn: [Version(1, 30, 2), Version(1, 31, 1)]),
        Hole(
            name: "CVE-2026-42945", what: "buffer overflow in rewrite",
            mendedIn: [Version(1, 30, 1), Version(1, 31, 0)]),
    ]

    /// Those of a list that a version has. A branch is everything but a version's last number.
    static func holes(in version: Version, of list: [Hole]) -> [Hole] {
        list.filter { hole in
            if let mended = hole.mendedIn.first(where: { $0.branch == version.branch }) { return version < mended }
            return hole.mendedIn.last.map { version < $0 } ?? false
        }
    }

    /// The message of `penstock check`; nil when there are no holes.
    static func message(_ program: String, _ version: Version, _ holes: [Hole]) -> String? {
        guard !holes.isEmpty else { return nil }
        let named = holes.map { "\($0.name) (\($0.what))" }.joined(separator: ", ")
        let branch = holes.compactMap { hole in hole.mendedIn.first { $0.branch == version.branch } }.max()
        guard let mended = branch ?? holes.compactMap(\.mendedIn.last).max() else { return nil }
        return "\(program) \(version) has known holes: \(named); they are mended in \(mended)"
    }
}

/// 15.18, or 1.31.3.
struct Version: Comparable, CustomStringConvertible {
    let numbers: [Int]

    init(_ numbers: Int...) {
        self.numbers = numbers
    }

    /// Reads a text such as `1.31.3`; nil when it is not a version.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count > 1, !parts.contains(nil) else { return nil }
        numbers = parts.compactMap { $0 }
    }

    /// As libpq tells it: 150018 for 15.18, the same since PostgreSQL 10.
    init(postgres number: Int32) {
        numbers = [Int(number / 10_000), Int(number % 10_000)]
    }

    var branch: [Int] { Array(numbers.dropLast()) }
    var description: String { numbers.map(String.init).joined(separator: ".") }

    static func < (left: Version, right: Version) -> Bool { left.numbers.lexicographicallyPrecedes(right.numbers) }
}
