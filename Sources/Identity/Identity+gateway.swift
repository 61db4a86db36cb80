import Coding
import HTTP

extension Identity {
    /// The identity that nginx passed on; nil when it passed none on: the user is empty.
    ///
    /// Only to be asked when the configuration trusts the gateway. Fails closed: a parameter that is there twice may
    /// come once from nginx and once from a client (libfcgi hides the second), and a flag that is neither yes nor no is
    /// a mistake in the configuration that must not be read as either.
    static func passedOn(by gateway: GatewayParameters) throws(IdentityError) -> Identity? {
        let parameters = [
            ("PENSTOCK_USER", gateway.user), ("PENSTOCK_TENANT", gateway.tenant),
            ("PENSTOCK_PERMISSIONS", gateway.permissions), ("PENSTOCK_SUPERUSER", gateway.superuser),
            ("PENSTOCK_CLAIMS", gateway.claims),
        ]
        for (name, values) in parameters where values.count > 1 { throw .failClosed("\(name) is passed twice") }
        guard let user = gateway.user.first, !user.isEmpty else { return nil }
        guard isPlausibleName(user) else { throw .failClosed("PENSTOCK_USER is not a name") }
        let tenants = list(gateway.tenant.first ?? "")
        guard tenants.allSatisfy(isPlausibleName) else { throw .failClosed("PENSTOCK_TENANT is not a list of names") }
        let isSuperuser: Bool
        switch (gateway.superuser.first ?? "").lowercasedASCII {
        case "", "0", "false", "no", "off": isSuperuser = false
        case "1", "true", "yes", "on": isSuperuser = true
        default: throw .failClosed("PENSTOCK_SUPERUSER is neither true nor false")
        }
        return Identity(
            subject: user, tenants: tenants, permissions: Set(list(gateway.permissions.first ?? "")),
            isSuperuser: isSuperuser, kind: .gateway, claims: try claims(gateway.claims.first ?? ""))
    }

    /// `driver_id=12&depot=oslo&depot=bergen`, encoded as an HTML form.
    private static func claims(_ text: String) throws(IdentityError) -> [String: [String]] {
        do {
            return try Dictionary(
                Query.pairs(of: text).map { ($0.name, [$0.value]) }, uniquingKeysWith: { $0 + $1 })
        } catch {
            throw .failClosed("PENSTOCK_CLAIMS is not a list of name=value")
        }
    }

    /// The parts between commas and spaces.
    static func list(_ text: String) -> [String] {
        text.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }.map { String(Substring($0)) }
    }

    /// Whether a text can name a subject or a tenant: 1 to 255 bytes, no control character, no space at an end.
    static func isPlausibleName(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            && text.utf8.first != 0x20 && text.utf8.last != 0x20
    }
}
