import Glibc
import Posix

/// The key that signs requests to an object store.
package struct ObjectCredentials: Sendable {
    package let access: String
    package let secret: String
    /// Of temporary credentials; nil for those that last.
    package let token: String?

    package init(access: String, secret: String, token: String? = nil) {
        self.access = access
        self.secret = secret
        self.token = token
    }

    /// Those of a file in the form of `~/.aws/credentials` with one profile: lines of `name = value`.
    /// - Returns: nil when one of the two keys is missing.
    package init?(text: String) {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") && !line.hasPrefix("[") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            func trimmed(_ text: Substring) -> String {
                String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            }
            values[trimmed(line[..<equals])] = trimmed(line[line.index(after: equals)...])
        }
        self.init { values[$0.lowercased()] }
    }

    /// Those of the environment, by the names that all tools for such stores read.
    /// - Returns: nil when one of the two keys is missing.
    package init?(environment: Void) {
        self.init { name in getenv(name).map { String(cString: $0) } }
    }

    private init?(_ value: (String) -> String?) {
        func given(_ name: String) -> String? {
            (value(name) ?? value(name.lowercased())).flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let access = given("AWS_ACCESS_KEY_ID"), let secret = given("AWS_SECRET_ACCESS_KEY") else { return nil }
        self.init(access: access, secret: secret, token: given("AWS_SESSION_TOKEN"))
    }
}
