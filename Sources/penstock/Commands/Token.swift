import ArgumentParser
import Configuration
import HTTP
import Identity
import JSON
import Posix
import Time

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Sign a JWT with a private key of PENSTOCK_JWKS.",
        discussion: "For trying things and for programs of one's own; a service needs only the public keys.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The subject of the token, a user's or a program's name.") var subject: String
    @Option(name: .customLong("tenant"), help: "A tenant. May be repeated; * is every tenant, for a superuser.")
    var tenants: [String]
    @Option(name: .customLong("permission"), help: "A permission. May be repeated.") var permissions: [String] = []
    @Option(
        name: .customLong("claim"), help: "A claim by which catalogs choose rows, e.g. driver_id=12. May be repeated.")
    var claims: [String] = []
    @Flag(help: "Has every permission, and may set_cancel.") var superuser = false
    @Option(help: "How long the token is good: 30s, 15m, 12h or 30d.") var expires = "1h"
    @Option(help: "The key to sign with; the first private one when left out.") var kid: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            try NameCheck.permissions(permissions, options)
            try NameCheck.tenants(tenants)
            try NameCheck.text("--subject", subject)
            let values = try options.values()
            let path = try values.required(\.jwks)
            let signer: TokenSigner
            do {
                signer = try TokenSigner(parsing: try File.bytes(at: path), kid: kid)
            } catch {
                throw CommandFailure("\(path): \(error)", ExitStatus.configuration)
            }
            let (now, lifetime) = (Timestamp(microseconds: Clock.wallMicroseconds), try seconds())
            let token = try signer.token(
                for: Identity(
                    subject: subject, tenants: tenants, permissions: Set(permissions), isSuperuser: superuser,
                    kind: .bearer, claims: try NameCheck.claims(claims)),
                now: now, lifetimeSeconds: lifetime,
                issuer: try values[\.jwtIssuer], audience: try values[\.jwtAudience])
            let end = Timestamp(microseconds: now.microseconds + lifetime * 1_000_000)
            Terminal.outcome(
                token, ["token": .string(token), "expiresAt": .string(end.rfc3339)], asJSON: json)
        }
    }

    private func seconds() throws -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = expires.last.flatMap({ units[$0] }), let count = Int64(expires.dropLast()),
            (1...36_500).contains(count)
        else { throw CommandFailure("--expires \(expires) is not like 30s, 15m, 12h or 30d", ExitStatus.usage) }
        return count * unit
    }
}
