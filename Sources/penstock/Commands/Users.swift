import ArgumentParser
import Configuration
import Glibc
import HTTP
import Identity
import JSON
import Posix
import Time

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
    @Option(
        name: .customLong("claim"), help: "A claim by which catalogs choose rows, e.g. driver_id=12. May be repeated.")
    var claims: [String] = []
    @Flag(help: "Has every permission, and may set_cancel.") var superuser = false
    @Flag(help: "Read the password from standard input instead of asking for it.") var passwordStdin = false
    @Option(
        help: "A hash instead of a password, or the line of an htpasswd file: bcrypt, SHA-crypt, yescrypt or scrypt.")
    var hash: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            try NameCheck.permissions(permissions, options)
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
                user: name, passwordHash: stored, tenants: tenants, permissions: permissions, superuser: superuser,
                claims: try NameCheck.claims(claims))
            Terminal.outcome(
                "saved \(name)",
                [
                    "name": .string(name), "tenants": .array(tenants.map { .string($0) }),
                    "permissions": .array(permissions.map { .string($0) }), "superuser": .bool(superuser),
                ], asJSON: json)
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
                                "claims": $0.claims.claimsJSON, "superuser": .bool($0.isSuperuser),
                                "disabled": .bool($0.isDisabled),
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
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let table = IdentityTable(try options.database("users"))
            guard try table.remove(user: name) else {
                throw CommandFailure("there is no user \(name)", ExitStatus.noInput)
            }
            Terminal.outcome("removed \(name)", ["name": .string(name), "removed": true], asJSON: json)
        }
    }
}

private enum Password {
    /// One line, from standard input or from the terminal without echo.
    /// - Throws: `CommandFailure` for an empty password.
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
