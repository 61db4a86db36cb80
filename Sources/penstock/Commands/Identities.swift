import ArgumentParser
import Configuration
import Glibc
import Identity
import JSON
import Jobs
import Posix
import Storage
import Time

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, list and revoke API keys; make signing keys.",
        subcommands: [KeysCreate.self, KeysList.self, KeysRevoke.self, KeysSigning.self],
        defaultSubcommand: KeysList.self)
}

struct KeysCreate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an API key of a tenant.",
        discussion: "The key is shown this once; only its SHA-256 is stored.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The tenant that the key is bound to.") var tenant: String
    @Option(help: "What the key is for.") var name: String
    @Option(name: .customLong("permission"), help: "A permission, e.g. view:reports. May be repeated.")
    var permissions: [String] = []
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            try PermissionNames.check(permissions)
            try NameCheck.tenants([tenant])
            try NameCheck.text("--name", name)
            let key = ApiKey.generate()
            let table = IdentityTable(try options.database("keys"))
            try table.insert(
                keyPrefix: key.prefix, hash: key.hash, name: name, tenant: tenant, permissions: permissions)
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
                                "createdAt": .string($0.createdAt.rfc3339),
                                "revokedAt": .string(orNull: $0.revokedAt?.rfc3339),
                            ]
                        }))
            }
            Terminal.table(
                ["PREFIX", "TENANT", "NAME", "PERMISSIONS", "CREATED", "REVOKED"],
                keys.map {
                    [
                        $0.prefix, $0.tenant, $0.name, $0.permissions.joined(separator: ","), $0.createdAt.rfc3339,
                        $0.revokedAt?.rfc3339 ?? "-",
                    ]
                })
        }
    }
}

struct KeysRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Revoke an API key at once.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The key's prefix, as keys list shows it.") var prefix: String

    func run() throws {
        try command {
            let table = IdentityTable(try options.database("keys"))
            guard try table.revoke(keyPrefix: prefix) else {
                throw CommandFailure("there is no key \(prefix) that is not revoked already", ExitStatus.noInput)
            }
            Terminal.line("revoked \(prefix)")
        }
    }
}

struct KeysSigning: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signing", abstract: "Print a new line for the file PENSTOCK_SIGNING_KEYS.",
        discussion: "Put it on top and send HUP: it signs from then on, and older keys still verify.")

    @Argument(help: "The key's id, e.g. 2026b.") var kid: String

    func run() { Terminal.line(KeyRing.newLine(kid: kid)) }
}

struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Add, list and remove users of Basic authentication.",
        subcommands: [UsersAdd.self, UsersList.self, UsersRemove.self], defaultSubcommand: UsersList.self)
}

struct UsersAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user, or replace the one of that name.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The user's name.") var name: String
    @Option(name: .customLong("tenant"), help: "A tenant of the user's. May be repeated.") var tenants: [String]
    @Option(name: .customLong("permission"), help: "A permission. May be repeated.") var permissions: [String] = []
    @Flag(help: "Has every permission, and may set_cancel.") var superuser = false
    @Flag(help: "Read the password from standard input instead of asking for it.") var passwordStdin = false
    @Option(
        help: "A hash instead of a password, or the line of an htpasswd file: bcrypt, SHA-crypt, yescrypt or scrypt.")
    var hash: String?

    func run() throws {
        try command {
            try PermissionNames.check(permissions)
            try NameCheck.tenants(tenants)
            try NameCheck.user(name)
            let stored: String
            if let hash {
                do throws(PasswordHashError) {
                    stored = try PasswordHash.imported(hash, user: name)
                } catch {
                    throw CommandFailure("--hash: \(error)", ExitStatus.usage)
                }
            } else {
                stored = try PasswordHash.make(try Password.read(fromInput: passwordStdin, user: name))
            }
            let table = IdentityTable(try options.database("users"))
            try table.save(
                user: name, passwordHash: stored, tenants: tenants, permissions: permissions, superuser: superuser)
            Terminal.line("saved \(name)")
        }
    }
}

struct UsersList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List users.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            let users = try IdentityTable(try options.database("users")).users()
            if json {
                return Terminal.json(
                    .array(
                        users.map {
                            [
                                "name": .string($0.name), "tenants": .array($0.tenants.map { .string($0) }),
                                "permissions": .array($0.permissions.map { .string($0) }),
                                "superuser": .bool($0.isSuperuser), "disabled": .bool($0.isDisabled),
                                "createdAt": .string($0.createdAt.rfc3339),
                            ]
                        }))
            }
            Terminal.table(
                ["NAME", "TENANTS", "PERMISSIONS", "SUPERUSER"],
                users.map {
                    [
                        $0.name, $0.tenants.joined(separator: ","), $0.permissions.joined(separator: ","),
                        $0.isSuperuser ? "yes" : "no",
                    ]
                })
        }
    }
}

struct UsersRemove: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove a user.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The user's name.") var name: String

    func run() throws {
        try command {
            let table = IdentityTable(try options.database("users"))
            guard try table.remove(user: name) else {
                throw CommandFailure("there is no user \(name)", ExitStatus.noInput)
            }
            Terminal.line("removed \(name)")
        }
    }
}

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Sign a JWT with a private key of PENSTOCK_JWKS.",
        discussion: "For trying things and for programs of one's own; a service needs only the public keys.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Whom the token names.") var subject: String
    @Option(name: .customLong("tenant"), help: "A tenant. May be repeated; * is every tenant, for a superuser.")
    var tenants: [String]
    @Option(name: .customLong("permission"), help: "A permission. May be repeated.") var permissions: [String] = []
    @Flag(help: "Has every permission, and may set_cancel.") var superuser = false
    @Option(help: "How long the token is good: 30s, 15m, 12h or 30d.") var expires = "1h"
    @Option(help: "The key to sign with; the first private one when left out.") var kid: String?

    func run() throws {
        try command {
            try PermissionNames.check(permissions)
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
            Terminal.line(
                try signer.token(
                    for: Identity(
                        subject: subject, tenants: tenants, permissions: Set(permissions), isSuperuser: superuser,
                        kind: .bearer),
                    now: Timestamp(microseconds: Clock.wallMicroseconds), lifetimeSeconds: try seconds(),
                    issuer: try values[\.jwtIssuer], audience: try values[\.jwtAudience]))
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

enum PermissionNames {
    /// A permission that nothing asks for is a typing error.
    static func check(_ names: [String]) throws(CommandFailure) {
        let known = Permission.allCases.map(\.rawValue)
        for name in names where !known.contains(name) {
            throw CommandFailure(
                "--permission \(name) is not one of \(known.joined(separator: ", "))", ExitStatus.usage)
        }
    }
}

enum Password {
    /// One line, from standard input or from the terminal without echo.
    static func read(fromInput: Bool, user: String) throws -> String {
        if !fromInput {
            guard let typed = getpass("Password for \(user): ") else {
                throw CommandFailure(
                    "there is no terminal to ask for the password; use --password-stdin", ExitStatus.usage)
            }
            let password = String(cString: typed)
            guard !password.isEmpty else { throw CommandFailure("the password is empty", ExitStatus.usage) }
            return password
        }
        guard let line = readLine(), !line.isEmpty else {
            throw CommandFailure("standard input holds no password", ExitStatus.usage)
        }
        return line
    }
}
