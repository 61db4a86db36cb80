import API

/// The locations of the API, made from the table of endpoints.
enum APILocations {
    /// The prefixes of the surfaces, each once.
    static let prefixes = unique(Surface.all.map(\.prefix))

    /// All of them, as they stand in nginx/penstock.conf.
    /// - Parameter uploadMegabytes: the largest body with a filter file.
    static func text(uploadMegabytes: Int) -> String {
        prefixes.map { prefix in
            locations(
                prefix, endpoints: Surface.all.filter { $0.prefix == prefix }.flatMap(\.endpoints), uploadMegabytes)
        }.joined()
    }

    private static func locations(_ prefix: String, endpoints: [Endpoint], _ uploadMegabytes: Int) -> String {
        let folder = "\(prefix)/"
        let secrets = unique(endpoints.compactMap(\.secretBelow))
        let uploads = endpoints.filter { $0.body == .jsonOrFilterFile }.map(\.path.description)
        var text = plain("= \(prefix)")
        if secrets.contains(folder) {
            text += unlogged(folder)
        } else {
            text += plain("^~ \(folder)", inside: uploads.map { upload($0, uploadMegabytes) }.joined())
        }
        for secret in secrets where secret != folder { text += plain("= \(secret.dropLast())") + unlogged(secret) }
        for stream in endpoints.filter(\.isStream) { text += streaming(stream.path.description) }
        return text
    }

    private static func unique(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    // MARK: - Kinds

    private static func plain(_ pattern: String, inside: String = "") -> String {
        """
        location \(pattern) {
            error_page 502 = @penstock_again;
            include "/usr/share/penstock/nginx/penstock-fastcgi.conf";
        \(inside)}

        """
    }

    private static func upload(_ path: String, _ megabytes: Int) -> String {
        """
            location = \(path) {
                client_max_body_size \(megabytes)m;            # a list of keys may come along (FILTER_FILE_MB)
                fastcgi_pass "unix:/run/penstock/penstock.sock";
            }

        """
    }

    private static func unlogged(_ folder: String) -> String {
        """
        location ^~ \(folder) {
            access_log off;                          # an address here holds a secret; see Penstock's audit
            include "/usr/share/penstock/nginx/penstock-unlogged.conf";
            error_page 502 = @penstock_again_unlogged;
            include "/usr/share/penstock/nginx/penstock-fastcgi.conf";
        }

        """
    }

    private static func streaming(_ path: String) -> String {
        """
        location = \(path) {
            error_page 502 @penstock_502;            # not sent again: a browser's EventSource reconnects, with its last event id
            include "/usr/share/penstock/nginx/penstock-fastcgi.conf";
            fastcgi_buffering off;
            fastcgi_read_timeout 1h;                 # longer than the pause between two heartbeats by far
            gzip off;                                # a compressor would hold events back
        }

        """
    }
}
