/// The form of IANA time zone names: `UTC`, `Europe/Oslo`, `America/Argentina/Buenos_Aires`, `Etc/GMT+3`.
package enum TimeZoneName {
    /// A POSIX rule (`XXX+3`), an offset (`+02:00`) or an abbreviation in small letters is none. PostgreSQL would
    /// take those too, with signs that surprise.
    package static func isWellFormed(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), text.utf8.count <= 64, parts.count > 1 || !text.contains("+") else {
            return false
        }
        return parts.allSatisfy { part in
            guard let first = part.first, first.isASCII, first.isLetter else { return false }
            return part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-+".contains($0)) }
        }
    }
}
