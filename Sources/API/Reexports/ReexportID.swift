import Posix

/// Ids as the Re-exports API writes them: a prefix for the kind of object, and the id's ULID text. Reading takes a
/// plain UUID too, by which the other surfaces know the same job.
extension UUID {
    /// `rpt_…`
    var reportID: String { "rpt_\(ulid)" }
    /// `reexp_…`
    var reexportID: String { "reexp_\(ulid)" }

    /// - Parameter prefixes: those that may stand before the ULID, without the underscore.
    init?(_ text: String, prefixes: [String]) {
        if let id = UUID(text) {
            self = id
            return
        }
        for prefix in prefixes where text.hasPrefix(prefix + "_") {
            guard let id = UUID(ulid: String(text.dropFirst(prefix.utf8.count + 1))) else { return nil }
            self = id
            return
        }
        return nil
    }
}
