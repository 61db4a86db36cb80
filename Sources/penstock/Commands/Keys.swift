import ArgumentParser
import Configuration
import HTTP
import Identity
import JSON
import Posix
import Storage
import Time

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, list, replace and revoke API keys; make keys of links and tokens.",
        subcommands: [
            KeysCreate.self, KeysList.self, KeysRotate.self, KeysRevoke.self, KeysSigning.self,
            KeysJWKS.self,
        ],
        defaultSubcommand: KeysList.self)
}

struct KeysCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an API key of a tenant.",
        discussion: "The key is shown this once; only its SHA-256 is stored.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The tenant that the key is bound to.") var tenant: String
    @Option(help: "The purpose of the key.") var name: String
    @Option(name: .customLong("permission"), help: "A permission, e.g. view:reports. May be repeated.")
    var permissions: [String] = []
    @Option(
        name: .customLong("claim"), help: "A claim by which catalogs choose rows, e.g. driver_id=12. May be repeated.")
    var claims: [String] = []
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            try NameCheck.permissions(permissions, options)
            try NameCheck.tenants([tenant])
            try NameCheck.text("--name", name)
            let key = ApiKey.generate()
            let table = IdentityTable(try options.database("keys"))
            try table.insert(
                keyPrefix: key.prefix, hash: key.hash, name: name, tenant: tenant, permissions: permissions,
                claims: try NameCheck.claims(claims))
            if json {
                Terminal.json(["key": .string(key.text), "prefix": .string(key.prefix), "tenant": .string(tenant)])
            } else {
                Terminal.line(key.text)
            }
        }
    }
}

struct KeysList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List API keys.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            let keys = try IdentityTable(try options.database("keys")).keys()
            if json {
                return Terminal.json(
                    .array(
                        keys.map {
                            [
                                "prefix": .string($0.prefix), "name": .string($0.name), "tenant": .string($0.tenant),
                                "permissions": .array($0.permissions.map { .string($0) }),
                                "claims": $0.claims.claimsJSON, "createdAt": .string($0.createdAt.rfc3339),
                                "revokedAt": .string(orNull: $0.revokedAt?.rfc3339),
                                "expiresAt": .string(orNull: $0.expiresAt?.rfc3339),
                            ]
                        }))
            }
            Terminal.table(
                ["PREFIX", "TENANT", "NAME", "PERMISSIONS", "CREATED", "REVOKED", "GOOD UNTIL"],
                keys.map {
                    [
                        $0.prefix, $0.tenant, $0.name, $0.permissions.joined(separator: ","), $0.createdAt.rfc3339,
                        $0.revokedAt?.rfc3339 ?? "-", $0.expiresAt?.rfc3339 ?? "-",
                    ]
                })
        }
    }
}

struct KeysRotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make a key in the place of another; both are good for a day.",
        discussion: """
            The new key has the name, tenant, permissions and claims of the old one, and a prefix of its own: what is listed as the \
            caller's own (Recent API, Records API) begins anew with it, and schedules of the old key go on. It is shown this once.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The old key's prefix, as keys list shows it.") var prefix: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    private static let overlapHours = 24

    func run() throws {
        try command {
            let key = ApiKey.generate()
            let table = IdentityTable(try options.database("keys"))
            let tenant = try table.rotate(
                keyPrefix: prefix, to: key.prefix, hash: key.hash, overlapHours: Self.overlapHours)
            guard let tenant else {
                throw CommandFailure("there is no key \(prefix) that is still good", ExitStatus.noInput)
            }
            if json {
                Terminal.json(["key": .string(key.text), "prefix": .string(key.prefix), "tenant": .string(tenant)])
            } else {
                Terminal.line(key.text)
            }
        }
    }
}

struct KeysRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Revoke an API key at once.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The key's prefix, as keys list shows it.") var prefix: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let table = IdentityTable(try options.database("keys"))
            guard try table.revoke(keyPrefix: prefix) else {
                throw CommandFailure("there is no key \(prefix) that is not revoked already", ExitStatus.noInput)
            }
            Terminal.outcome("revoked \(prefix)", ["prefix": .string(prefix), "revoked": true], asJSON: json)
        }
    }
}

struct KeysSigning: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signing", abstract: "Make a new line for the file PENSTOCK_SIGNING_KEYS.",
        discussion: """
            The line goes on top; after HUP it signs, and older keys still verify. With --output it is put there, and the \
            file is made if need be; its mode is 0600. Otherwise the line is printed.
            """)

    @Argument(help: "The key's id, e.g. 2026b.") var kid: String
    @Option(help: "The key file.") var output: String?

    func run() throws {
        try command {
            let line = KeyRing.newLine(kid: kid)
            guard let output else { return Terminal.line(line) }
            let before = try File.status(output) == nil ? [] : try File.bytes(at: output, limit: 1 << 16)
            let text = Array("\(line)\n".utf8) + before
            do {
                _ = try KeyRing(parsing: text)
            } catch {
                throw CommandFailure("\(output): \(error)", ExitStatus.usage)
            }
            let file = try OutputFile(output, mode: 0o600, keepsOwner: true)
            try text.withUnsafeBytes { try file.write($0) }
            _ = try file.publish()
        }
    }
}
