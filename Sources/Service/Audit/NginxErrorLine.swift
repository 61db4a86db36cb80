/// A line of nginx's error log for an address that is a secret, as it arrives over the syslog socket
/// (nginx/penstock-unlogged.conf):
///
///     <187>Nov 25 04:30:00 penstock: 2026/11/25 04:30:00 [crit] 7#7: *5 open() "…" failed (13: …),
///         client: …, request: "GET …"
///
/// Only the text before `, client:` is kept, because the request, with the secret in it, follows there.
struct NginxErrorLine {
    let level: String
    let message: String

    private static let levels = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"]

    /// - Returns: nil for anything else.
    init?(_ datagram: [UInt8]) {
        let line = String(decoding: datagram.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard line.hasPrefix("<"), let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]"),
            case let level = String(line[line.index(after: open)..<close]), Self.levels.contains(level)
        else { return nil }
        let text = line[line.index(after: close)...]
        // A message that was cut in the middle has no client in it, but may have begun to tell the request.
        let end = [", client: ", ", server: ", ", request: "].compactMap { text.firstRange(of: $0)?.lowerBound }.min()
        let told = String(text[..<(end ?? text.endIndex)].drop { $0 == " " })
        guard !told.contains("sig="), !told.contains("?") else { return nil }
        self.level = level
        message = told
    }
}
