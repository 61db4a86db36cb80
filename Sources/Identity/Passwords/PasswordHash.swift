import CSystem
import Glibc

/// A hash that could not be made.
package struct PasswordHashError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

/// Password hashes in the text form of crypt(3): `$y$…` is made, and the kinds of `HashKind` are checked, bcrypt and
/// SHA-crypt entries of an htpasswd file among them. bcrypt looks at the first 72 bytes of a password.
package enum PasswordHash {
    /// A yescrypt hash with a salt of its own, at libxcrypt's default cost (16 MiB, 16 ms on the reference machine).
    package static func make(_ password: String) throws(PasswordHashError) -> String {
        guard (1...BasicCredential.maximumBytes).contains(password.utf8.count), !password.utf8.contains(0) else {
            throw PasswordHashError(description: "a password has 1 to \(BasicCredential.maximumBytes) bytes and no NUL")
        }
        var setting = [CChar](repeating: 0, count: 192)
        let result = penstock_crypt_setting("$y$", 0, &setting, setting.count)
        guard result == 0 else {
            throw PasswordHashError(
                description: "crypt(3) cannot make a yescrypt salt: \(String(cString: strerror(result)))")
        }
        guard let hash = crypt(password, setting: text(setting)) else {
            throw PasswordHashError(description: "crypt(3) cannot make a yescrypt hash")
        }
        return hash
    }

    /// Why a hash is not taken, naming its kind; nil for one that is. Nothing is computed.
    package static func fault(of hash: String) -> String? {
        guard let kind = HashKind(hash) else { return "the hash is \(HashKind.name(ofRefused: hash))" }
        return kind.excess(of: hash).map { "the hash \($0)" }
    }

    /// The hash to be stored for a user, from an administrator's text: the hash, or the whole line of an htpasswd file.
    /// - Throws: when it will not do, naming its kind and the way out.
    package static func imported(_ text: String, user: String) throws(PasswordHashError) -> String {
        var hash = text[...]
        while hash.last?.isNewline == true { hash.removeLast() }
        if let colon = hash.firstIndex(of: ":") {
            guard hash[..<colon] == user else {
                throw PasswordHashError(
                    description:
                        "the line is of the user \(hash[..<colon]), not of \(user); give that name, or the part "
                        + "after the colon")
            }
            hash = hash[hash.index(after: colon)...]
        }
        let result = String(hash)
        if let fault = fault(of: result) {
            throw PasswordHashError(description: "\(fault); make a new one with htpasswd -B")
        }
        guard crypt("probe", setting: result)?.utf8.count == result.utf8.count else {
            throw PasswordHashError(
                description: "the hash is not whole, or of a kind that crypt(3) of this host does not know; make a new "
                    + "one with htpasswd -B")
        }
        return result
    }

    /// Whether the password has this hash; nil, at once, when the hash is of a kind that is not taken, or costs too
    /// much.
    static func matches(_ password: String, _ hash: String) -> Bool? {
        guard fault(of: hash) == nil, let computed = crypt(password, setting: hash) else { return nil }
        return ConstantTime.equal(Array(computed.utf8), Array(hash.utf8))
    }

    /// Nil when the setting is not one that crypt(3) knows.
    private static func crypt(_ password: String, setting: String) -> String? {
        guard !setting.isEmpty, !setting.utf8.contains(0) else { return nil }
        // CRYPT_OUTPUT_SIZE of libxcrypt.
        var output = [CChar](repeating: 0, count: 384)
        guard penstock_crypt(password, setting, &output, output.count) == 0 else { return nil }
        return text(output)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
