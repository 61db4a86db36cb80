/// Something in an nginx configuration that keeps Penstock from working, or a promise of the snippet from holding.
package struct SnippetFault: Sendable, CustomStringConvertible {
    package enum Severity: Sendable { case error, warning }

    package let severity: Severity
    package let place: Directive.Place
    package let message: String

    package var description: String { "\(place): \(message)" }
}

/// What Penstock's own settings say, as far as nginx has to agree with them.
package struct SnippetExpectation: Sendable {
    /// What `fastcgi_pass` must name: `unix:/run/penstock/penstock.sock`, or `host:port`.
    package let pass: String
    /// The folder of the finished files, without a slash at its end.
    package let files: String
    /// Bytes of the largest body that Penstock reads.
    package let bodyBytes: Int
    /// The same where a filter file may come along.
    package let uploadBytes: Int
    /// Where Penstock is told what was sent; nil where it is not.
    package let auditSocket: String?
    /// Whether the identity that nginx passes is believed.
    package let trustsGateway: Bool
    /// The path in PENSTOCK_PUBLIC_URL, which none of the locations has; empty where it has none.
    package let publicPath: String

    /// - Parameters:
    ///   - socket: PENSTOCK_SOCKET, a path or `host:port`.
    ///   - storage: PENSTOCK_STORAGE.
    package init(
        socket: String, storage: String, bodyBytes: Int, uploadBytes: Int, auditSocket: String?, trustsGateway: Bool,
        publicPath: String
    ) {
        pass = socket.hasPrefix("/") || !socket.contains(":") ? "unix:\(socket)" : socket
        var root = storage[...]
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        files = "\(root)/files"
        self.bodyBytes = bodyBytes
        self.uploadBytes = uploadBytes
        self.auditSocket = auditSocket
        self.trustsGateway = trustsGateway
        self.publicPath = publicPath
    }
}
