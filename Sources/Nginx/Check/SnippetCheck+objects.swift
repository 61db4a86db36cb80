/// The location from which nginx sends what is in a bucket.
extension SnippetCheck {
    /// The consequence of another value, by directive.
    private static let promises = [
        ("proxy_pass", "the finished files are there (PENSTOCK_STORAGE)"),
        ("proxy_pass_request_headers", "cookies and credentials of clients would reach the object store"),
        ("proxy_ssl_verify", "any server could stand in for the object store"),
        ("proxy_ssl_server_name", "the object store may show another certificate"),
        ("proxy_max_temp_file_size", "files would be written to nginx's disk on their way"),
        ("proxy_intercept_errors", "the object store's errors would reach clients"),
        ("gzip", "ranges of a file and its strong ETag would be lost"),
    ]

    /// - Parameter wanted: the snippet's own location.
    mutating func checkObjects(_ location: Scope, _ wanted: Scope) {
        if location.own("internal").isEmpty {
            error(location.place, "location \(Self.internalPath) is not internal; anybody could fetch any file")
        }
        for (name, consequence) in Self.promises {
            guard let value = wanted.effective(name).last?.value else { continue }
            expect(location, name, value, consequence)
        }
        for header in wanted.effective("proxy_set_header") {
            let given = location.effective("proxy_set_header").last {
                $0.value.lowercased() == header.value.lowercased()
            }
            if given?.arguments.last != header.arguments.last {
                error(
                    given?.place ?? location.place,
                    "proxy_set_header \(header.value) is not \(header.arguments.last ?? ""); the object store would refuse "
                        + "requests, or send other bytes")
            }
        }
        let ignored = location.effective("proxy_ignore_headers").flatMap(\.arguments)
        if !ignored.contains("X-Accel-Redirect") {
            error(
                location.place,
                "proxy_ignore_headers has no X-Accel-Redirect; the object store could have any file sent")
        }
        checkTransfers(location)
    }
}
