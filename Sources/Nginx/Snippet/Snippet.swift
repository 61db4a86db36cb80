import NginxFiles

/// Penstock's locations for a server block: nginx/penstock.conf, with the API's locations from the table of endpoints
/// and the paths of an installation.
package struct Snippet: Sendable {
    /// Where things are in an installation.
    package struct Places: Sendable {
        /// The value of `fastcgi_pass`: `unix:/run/penstock/penstock.sock`, or `host:port`.
        package var pass = "unix:/run/penstock/penstock.sock"
        /// The socket on which nginx reports transfers; nil for no such socket.
        package var auditSocket: String? = "/run/penstock/audit.sock"
        /// The folder of the finished files, without a slash at its end.
        package var files = "/var/lib/penstock/files"
        /// Where the files are when they are in a bucket; nil for a folder.
        package var bucket: Bucket?
        /// The folder of the web page, without a slash at its end.
        package var page = "/usr/share/penstock/www"
        /// A file with the identity's parameters, which is included in place of the blank ones; nil for these.
        package var identity: String?
        /// Whether nginx reports transfers. The http block has to have `Snippet.http` then.
        package var tellsTransfers = false
        /// Whether one address is limited. The http block has to have `Snippet.http` then.
        package var limitsAddresses = true
        /// Bytes of the largest body with a filter file.
        package var uploadBytes = 33 << 20

        /// A bucket as nginx has to know it.
        package struct Bucket: Sendable {
            /// Of the finished files, with a slash at its end.
            let url: String
            /// As requests are signed for it.
            let host: String
            /// A file of PEM certificates; nil for the system's.
            let authorities: String?

            package init(url: String, host: String, authorities: String?) {
                self.url = url
                self.host = host
                self.authorities = authorities
            }
        }

        package init() {}

        /// - Parameters:
        ///   - socket: PENSTOCK_SOCKET, a path or `host:port`.
        ///   - storage: PENSTOCK_STORAGE.
        package init(socket: String, auditSocket: String?, storage: String, uploadBytes: Int) {
            pass = socket.hasPrefix("/") || !socket.contains(":") ? "unix:\(socket)" : socket
            self.auditSocket = auditSocket
            files = Self.folder(storage) + "/files"
            self.uploadBytes = uploadBytes
        }

        /// A folder's path without a slash at its end.
        package static func folder(_ path: String) -> String {
            var path = path[...]
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            return String(path)
        }
    }

    package let text: String

    /// The snippet as a whole, which includes nothing but a file of `places.identity`.
    package init(_ places: Places) {
        let parts = Self.parts(for: places)
        var lines: [String] = [
            "# Penstock behind an existing nginx, printed by `penstock nginx`: to be included inside a server block.",
            "",
        ]
        for line in Self.withBucket(places.bucket, Self.body(places.uploadBytes)).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            guard let name = Self.included(line) else {
                lines.append(String(line))
                continue
            }
            let indent = line.prefix { $0 == " " }
            lines += (parts[name] ?? []).map { indent + $0 }
        }
        text = Self.placed(lines.joined(separator: "\n"), places)
    }

    /// The file nginx/penstock.conf as it is to stand in the working copy: with its own paths, and includes of the
    /// files beside it.
    package static let source = head + body(Places().uploadBytes)

    /// The text for the http block, which is needed when addresses are limited or transfers are reported.
    package static var http: String { NginxFiles.http }

    // MARK: - The working copy's file

    /// The comment at the top of the file, about editing it.
    private static var head: String { cut(NginxFiles.snippet, at: bodyBegin).before }

    private static let bodyBegin = "# Before nginx knows which location is meant."
    private static let locationsBegin = "# The locations of the API, from its table of endpoints.\n"
    private static let locationsEnd = "# End of the API's locations.\n"

    private static func body(_ uploadBytes: Int) -> String {
        let (top, rest) = cut(cut(NginxFiles.snippet, at: bodyBegin).after, at: locationsBegin)
        let end = cut(rest, at: locationsEnd).after
        let megabytes = (uploadBytes + (1 << 20) - 1) >> 20
        let prefixes = APILocations.prefixes.map { $0.dropFirst() }.joined(separator: "|")
        return top + locationsBegin + APILocations.text(uploadMegabytes: megabytes)
            + end.replacing(#/\[\^ \?\]\*/\([^()]*\)\(/#, with: "[^ ?]*/(\(prefixes))(")
    }

    /// The text with the location of a bucket's files in the place of a folder's.
    private static func withBucket(_ bucket: Places.Bucket?, _ text: String) -> String {
        guard let bucket else { return text }
        let begin = "location ^~ /_penstock_files/ {\n"
        let (top, rest) = cut(text, at: begin)
        let objects = cut(NginxFiles.objects, at: begin).after
            .replacing("https://s3.example.com/bucket/files/", with: bucket.url)
            .replacing("\"s3.example.com\"", with: "\"\(bucket.host)\"")
            .replacing(
                "/etc/ssl/certs/ca-certificates.crt", with: bucket.authorities ?? "/etc/ssl/certs/ca-certificates.crt")
        return top + objects + cut(rest, at: "\n}\n").after.dropFirst(3)
    }

    /// The text before a line, and from it on. A text that has no such line is the whole `after`.
    private static func cut(_ text: String, at line: String) -> (before: String, after: String) {
        guard let range = text.firstRange(of: line) else { return ("", text) }
        return (String(text[..<range.lowerBound]), String(text[range.lowerBound...]))
    }
}

// MARK: - An installation's

extension Snippet {
    private static let folder = "/usr/share/penstock/nginx/"

    /// The name of the file that a line includes from the snippet's folder.
    private static func included(_ line: Substring) -> String? {
        line.firstMatch(of: #/^ *include "/usr/share/penstock/nginx/([a-z-]+\.conf)";/#).map { String($0.1) }
    }

    /// The directives of the included files, a line each.
    private static func parts(for places: Places) -> [String: [String]] {
        var parts = NginxFiles.parts.mapValues(directives)
        if let identity = places.identity { parts["penstock-identity.conf"] = ["include \"\(identity)\";"] }
        if !places.limitsAddresses { parts["penstock-limits.conf"] = [] }
        if let socket = places.auditSocket, places.tellsTransfers {
            parts["penstock-transfers.conf"] = [
                "access_log syslog:server=unix:\(socket),nohostname,tag=penstock penstock_transfer;"
            ]
        }
        if places.auditSocket == nil { parts["penstock-unlogged.conf"] = ["error_log /dev/null crit;"] }
        parts["penstock-fastcgi.conf"] = parts["penstock-fastcgi.conf"]?.flatMap { line -> [String] in
            included(line[...]).flatMap { parts[$0] } ?? [line]
        }
        return parts
    }

    /// The lines of a file without comments and blank lines.
    private static func directives(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.first { $0 != " " } != "#" }.map { line in
            line.firstRange(of: #/; +#/#).map { String(line[...$0.lowerBound]) } ?? String(line)
        }
    }

    private static func placed(_ text: String, _ places: Places) -> String {
        let own = Places()
        return text.replacing(own.pass, with: places.pass)
            .replacing("unix:\(own.auditSocket ?? "")", with: "unix:\(places.auditSocket ?? "")")
            .replacing("\(own.files)/", with: "\(places.files)/").replacing("\(own.page)/", with: "\(places.page)/")
    }
}
