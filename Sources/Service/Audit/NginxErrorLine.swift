import Storage

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

    /// The finished file that nginx was told to send and may not read: permission denied on it or on a folder above
    /// it (13), or a link in the place of a folder (40). nil for any other line: a file that is not there any more has
    /// gone in the meantime.
    ///
    /// A responder has seen the file and granted the request right before: nobody else reaches the internal location.
    /// - Parameter folder: the storage folder.
    func refusedFile(in folder: String) -> StoredFileName? {
        guard let match = message.firstMatch(of: #/open(?:at)?\(\) "([^"]*)" failed \((?:13|40): /#),
            match.1.hasPrefix(folder), case let path = match.1.dropFirst(folder.count),
            let name = path.split(separator: "/").last.flatMap({ StoredFileName(String($0)) }),
            !name.isUnfinished, path == "/\(name.relativePath)"
        else { return nil }
        return name
    }
}
