import Crypto
import Posix
import Time

/// Checks passwords at the same cost for users that exist and for those that do not, and remembers right ones for a
/// minute, so that a client that sends Basic with every call does not cost a key derivation each time.
///
/// It remembers that a password fits a certain hash, not that a user may enter: the user is looked up on every
/// call, so that a changed password, a withdrawn permission or a disabled user takes effect at once. Wrong passwords
/// are not remembered: each guess costs the full time. The costs are the same for hashes that this program
/// made; an imported one costs what its own form costs.
final class PasswordCheck {
    static let remembersSeconds: Int64 = 60
    static let capacity = 1_024

    /// Keys of the table are HMACs, so that the memory of a process holds no password; the key is its own.
    private let secret = SymmetricKey(data: Random.bytes(32))
    private var checkedAt: [[UInt8]: Timestamp] = [:]
    /// How many key derivations were paid for.
    private(set) var derivations = 0

    /// yescrypt of 32 random bytes that were not kept, at the cost with which `PasswordHash.make` works.
    private static let nobodysHash = "$y$j9T$3RpFcB4tc7ahJOx352AtX.$SaSVWIz7pZdfLsQVLMI4R/hn.SHdbod2qfXNpRpC4e0"

    /// Whether this password was found right within the last minute, at no cost.
    func remembers(_ credential: BasicCredential, hash: String?, now: Timestamp) -> Bool {
        guard let hash, let checked = checkedAt[tableKey(credential, hash)] else { return false }
        return isFresh(checked, now)
    }

    /// - Parameter hash: the user's hash; nil for an unknown user, for whom as much is computed.
    func isRight(_ credential: BasicCredential, hash: String?, now: Timestamp) -> Bool {
        guard let hash else { return compareInVain(credential) }
        let key = tableKey(credential, hash)
        if let checked = checkedAt[key], isFresh(checked, now) { return true }
        guard let isRight = PasswordHash.matches(credential.password, hash) else { return compareInVain(credential) }
        derivations += 1
        if isRight { remember(key, now) }
        return isRight
    }

    /// False, after the time that a comparison takes.
    private func compareInVain(_ credential: BasicCredential) -> Bool {
        derivations += 1
        _ = PasswordHash.matches(credential.password, Self.nobodysHash)
        return false
    }

    /// A clock that was set back makes an entry stale, not young.
    private func isFresh(_ checked: Timestamp, _ now: Timestamp) -> Bool {
        checked <= now && now < checked.adding(seconds: Self.remembersSeconds)
    }

    private func remember(_ key: [UInt8], _ now: Timestamp) {
        if checkedAt.count >= Self.capacity {
            checkedAt = checkedAt.filter { isFresh($0.value, now) }
        }
        if checkedAt.count >= Self.capacity, let oldest = checkedAt.min(by: { $0.value < $1.value })?.key {
            checkedAt[oldest] = nil
        }
        checkedAt[key] = now
    }

    /// The three parts cannot hold a NUL, so it separates them.
    private func tableKey(_ credential: BasicCredential, _ hash: String) -> [UInt8] {
        let text = "\(hash)\0\(credential.name)\0\(credential.password)"
        return Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: secret))
    }
}
