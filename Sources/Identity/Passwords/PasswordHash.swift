import CSystem
import Glibc

/// A hash that could not be made.
package struct PasswordHashError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

/// Password hashes in the text form of crypt(3): `$y$…` is made, and whatever the system's libxcrypt knows is
/// checked, bcrypt and SHA-crypt entries of an htpasswd file among them. Apache's own `$apr1$` and `{SHA}` are none of
/// these.
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

    /// Whether crypt(3) knows the form of this hash, so that it can be told at once that an imported one will not do.
    package static func isUsable(_ hash: String) -> Bool {
        crypt("probe", setting: hash)?.utf8.count == hash.utf8.count
    }

    /// Whether the password has this hash; nil, at once, when crypt(3) does not know the form of the hash.
    static func matches(_ password: String, _ hash: String) -> Bool? {
        guard let computed = crypt(password, setting: hash) else { return nil }
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
