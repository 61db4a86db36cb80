import Catalog
import Configuration
import HTTP
import Identity

/// Names from the command line that would otherwise be refused late, by a CHECK of the database, or not at all.
enum NameCheck {
    /// - Parameter option: how the value was given, e.g. `--tenant`.
    /// - Throws: `CommandFailure` for another text.
    static func text(_ option: String, _ value: String) throws(CommandFailure) {
        guard (1...255).contains(value.unicodeScalars.count), !value.unicodeScalars.contains(where: { $0.value < 0x20 })
        else { throw CommandFailure("\(option) must be 1 to 255 printable characters", ExitStatus.usage) }
    }

    static func tenants(_ values: [String]) throws(CommandFailure) {
        for value in values { try text("--tenant", value) }
    }

    /// A colon ends the name in Basic authentication (RFC 7617).
    /// - Throws: `CommandFailure` for another name.
    static func user(_ name: String) throws(CommandFailure) {
        try text("the user's name", name)
        if name.utf8.contains(UInt8(ascii: ":")) {
            throw CommandFailure(
                "the user's name '\(name)' holds a colon; Basic authentication cannot carry it", ExitStatus.usage)
        }
    }

    /// The language of labels, as jobs keep it.
    /// - Throws: `CommandFailure` for a text that is not a language tag.
    static func language(_ text: String) throws(CommandFailure) -> String {
        guard let tag = LanguageTag(text) else {
            throw CommandFailure("--language \(text) is no language tag such as en or nb-NO", ExitStatus.usage)
        }
        return tag.text
    }

    static func limit(_ value: Int) throws(CommandFailure) {
        guard (1...1_000_000).contains(value) else {
            throw CommandFailure("--limit \(value) is not from 1 to 1000000", ExitStatus.usage)
        }
    }

    /// A permission that nothing asks for is a typing error: neither Penstock nor a catalog.
    /// - Throws: `CommandFailure` for an unknown name, and for catalogs that have to be asked and cannot be read.
    static func permissions(_ names: [String], _ options: ConfigurationOptions) throws {
        let own = Permission.allCases.map(\.rawValue)
        guard names.contains(where: { !own.contains($0) }) else { return }
        let values = try options.values()
        let named = (try? values[\.catalogs]) == nil ? [] : try values.loadedCatalogs().permissionNames
        let known = own + named.sorted()
        for name in names where !known.contains(name) {
            throw CommandFailure("--permission", name, of: known)
        }
    }

    /// `driver_id=12`, by which catalogs choose rows; a name may come more than once.
    /// - Throws: `CommandFailure` for another text.
    static func claims(_ texts: [String]) throws(CommandFailure) -> [String: [String]] {
        var claims: [String: [String]] = [:]
        for claim in texts {
            let parts = claim.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw CommandFailure("--claim \(claim) is not like driver_id=12", ExitStatus.usage)
            }
            try text("--claim", claim)
            claims[parts[0], default: []].append(parts[1])
        }
        return claims
    }
}
