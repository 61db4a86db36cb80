import Postgres
import SQLText

/// The form of IANA time zone names: `UTC`, `Europe/Oslo`, `America/Argentina/Buenos_Aires`, `Etc/GMT+3`.
package enum TimeZoneName {
    /// A POSIX rule (`XXX+3`, `Europe/Oslo3`), an offset (`+02:00`) or an abbreviation in small letters is no name of a
    /// zone. PostgreSQL would take those too, with signs that surprise. Nor are other names in a server's folder of
    /// zones: they are another zone on each host (`localtime`, `posixrules`), no zone at all (`Factory`), or a second
    /// name of each zone (`posix/…`, `right/…`).
    package static func isWellFormed(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), text.utf8.count <= 64, parts.count > 1 || !text.contains("+") else {
            return false
        }
        guard !local.contains(text.lowercased()), parts.count == 1 || !copies.contains(parts[0].lowercased()) else {
            return false
        }
        guard !text.contains(where: \.isNumber) || hasKnownDigits(text) else { return false }
        return parts.allSatisfy { part in
            guard let first = part.first, first.isASCII, first.isLetter else { return false }
            return part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-+".contains($0)) }
        }
    }

    private static let local: Set = ["localtime", "posixrules", "factory"]
    private static let copies: Set = ["posix", "right"]

    /// The only IANA names with digits.
    private static func hasKnownDigits(_ text: String) -> Bool {
        if ["EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT", "GMT0", "GMT-0"].contains(text) { return true }
        guard text.hasPrefix("Etc/GMT") else { return false }
        let offset = text.dropFirst("Etc/GMT".count)
        let digits = offset.drop { $0 == "+" || $0 == "-" }
        return offset.count - digits.count <= 1 && (1...2).contains(digits.count)
            && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// The error of a zone that a request names, as a message that goes on after the field's name; nil when the zone is
    /// right.
    package static func fault(_ name: String, isKnown: (String) throws -> Bool) rethrows -> String? {
        let rule = "must be an IANA time zone such as UTC or Europe/Oslo"
        guard isWellFormed(name) else { return rule }
        return try isKnown(name) ? nil : "\(rule); the database does not know \(name)"
    }

    /// Whether a server has a zone of this well-formed name, spelt like that, at this moment.
    ///
    /// The zone itself is asked for, as an export will, and not the list of all: that fails as a whole when one of the
    /// server's files cannot be read (58P01).
    package static func isKnown(_ name: String, to connection: Connection) throws(PostgresError) -> Bool {
        // In a transaction of the caller's neither the refusal nor the zone may outlive the question.
        let isInside = connection.isInTransaction
        if isInside { try connection.execute("SAVEPOINT time_zone", "look up a time zone") }
        let isKnown: Bool
        do {
            isKnown =
                try connection.query(
                    "select set_config('TimeZone', \(bind: name), true) = \(bind: name) as known", "look up a time zone"
                ).first?.boolean("known") ?? false
        } catch  where error.sqlState == "22023" {
            isKnown = false
        }
        if isInside { try connection.execute("ROLLBACK TO SAVEPOINT time_zone", "look up a time zone") }
        return isKnown
    }
}
