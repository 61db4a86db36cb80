import Coding

/// The kinds of password hashes that are accepted, and the largest cost of one check.
///
/// crypt(3) knows more: DES looks at eight letters, `$1$` and `$sha1$` are guessed at billions a second. None of those
/// is taken, neither when a user is added nor, where one is stored already, at a login.
enum HashKind {
    case bcrypt
    case shaCrypt
    case yescrypt
    case scrypt

    /// Nil for a kind that is not taken.
    init?(_ hash: String) {
        switch Self.prefix(of: hash) {
        case "$2a$", "$2b$", "$2y$": self = .bcrypt
        case "$5$", "$6$": self = .shaCrypt
        case "$y$", "$gy$": self = .yescrypt
        case "$7$": self = .scrypt
        default: return nil
        }
    }

    /// The name of a kind of hash that is refused.
    static func name(ofRefused hash: String) -> String {
        switch prefix(of: hash) {
        case "$1$": return "MD5-crypt ($1$)"
        case "$apr1$": return "Apache's MD5 ($apr1$)"
        case "$sha1$": return "PBKDF1 of SHA-1 ($sha1$)"
        case "$md5$", "$md5,": return "SunMD5 ($md5$)"
        case "$3$": return "NT ($3$)"
        case "$2x$": return "the faulty bcrypt of 2011 ($2x$)"
        case let prefix?: return "of a kind that is not known (\(prefix))"
        case nil: break
        }
        if hash.hasPrefix("{SHA}") { return "{SHA}, SHA-1 without a salt" }
        if hash.hasPrefix("{") { return "one of LDAP's forms ({…})" }
        let isDigits = hash.utf8.dropFirst(hash.hasPrefix("_") ? 1 : 0).allSatisfy {
            $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/")
        }
        if hash.hasPrefix("_"), hash.utf8.count == 20, isDigits { return "BSDi's DES" }
        if hash.utf8.count == 13, isDigits { return "DES, which looks at the first 8 letters of a password only" }
        return "none that crypt(3) writes, or a plain password"
    }

    /// `$…$` at the beginning.
    private static func prefix(of hash: String) -> String? {
        guard hash.hasPrefix("$"), let end = hash.dropFirst().firstIndex(where: { $0 == "$" || $0 == "," }) else {
            return nil
        }
        return String(hash[...end])
    }

    // Each bound is about a second, or 128 MiB, which a responder may spend on one login.
    private static let mostBcryptCost = 14
    private static let mostRounds = 1_000_000
    private static let mostBytes = 128 << 20
    private static let mostWorkBytes = 256 << 20

    /// Why a hash of this kind is not computed; nil when it may be.
    func excess(of hash: String) -> String? {
        let fields = hash.split(separator: "$", omittingEmptySubsequences: false).dropFirst(2).map(String.init)
        guard let setting = fields.first else { return "is not whole" }
        switch self {
        case .bcrypt:
            guard setting.utf8.count == 2, let cost = Int(setting) else { return "has no cost" }
            return cost <= Self.mostBcryptCost
                ? nil : "has the cost \(cost), at most \(Self.mostBcryptCost) is computed"
        case .shaCrypt:
            guard setting.hasPrefix("rounds=") else { return nil }
            guard let rounds = Int(setting.dropFirst(7)), rounds > 0 else { return "has no number of rounds" }
            return rounds <= Self.mostRounds
                ? nil : "has \(rounds) rounds, at most \(Self.mostRounds) are computed"
        case .yescrypt: return Self.excess(YescryptCost(yescrypt: setting))
        case .scrypt: return Self.excess(YescryptCost(scrypt: setting))
        }
    }

    private static func excess(_ cost: YescryptCost?) -> String? {
        guard let cost else { return "has parameters that crypt_gensalt(3) does not make" }
        if cost.bytes > mostBytes { return "takes \(cost.bytes >> 20) MiB, at most \(mostBytes >> 20) are given" }
        if cost.workBytes > mostWorkBytes {
            return "computes \(cost.workBytes >> 20) MiB, at most \(mostWorkBytes >> 20) are computed"
        }
        return nil
    }
}
