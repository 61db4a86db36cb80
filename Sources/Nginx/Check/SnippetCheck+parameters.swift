/// What reaches Penstock with a request.
extension SnippetCheck {
    /// Without these a request is not understood, or is not the client's.
    private static let needed = [
        ("REQUEST_METHOD", "$request_method"), ("DOCUMENT_URI", "$document_uri"), ("QUERY_STRING", "$query_string"),
        ("CONTENT_TYPE", "$content_type"), ("CONTENT_LENGTH", "$content_length"), ("REMOTE_ADDR", "$remote_addr"),
        ("SERVER_PROTOCOL", "$server_protocol"), ("PENSTOCK_REQUEST_ID", "$request_id"),
    ]
    private static let identity = [
        "PENSTOCK_USER", "PENSTOCK_TENANT", "PENSTOCK_PERMISSIONS", "PENSTOCK_SUPERUSER",
    ]

    private func parameters(_ location: Scope, _ name: String) -> [Directive] {
        location.effective("fastcgi_param").filter { $0.value == name }
    }

    mutating func checkParameters(_ location: Scope) {
        for (name, value) in Self.needed {
            let given = parameters(location, name)
            guard let first = given.first else {
                error(location.place, "no fastcgi_param \(name); Penstock needs it with each request")
                continue
            }
            for second in given.dropFirst() {
                error(
                    second.place,
                    "fastcgi_param \(name) comes a second time (first at \(first.place)); such requests are answered 500"
                )
            }
            if first.arguments.dropFirst().first != value {
                warn(first.place, "fastcgi_param \(name) is not \(value)")
            }
        }
        // A Proxy header of a client's would otherwise arrive as HTTP_PROXY (httpoxy).
        if parameters(location, "HTTP_PROXY").first?.arguments.dropFirst().first != "" {
            warn(location.place, "HTTP_PROXY is not blanked; add fastcgi_param HTTP_PROXY \"\"")
        }
    }

    /// Each of the four comes once: blank, or from where nginx has found out who is calling.
    mutating func checkIdentity(_ location: Scope) {
        var isBlank = true
        for name in Self.identity {
            let given = parameters(location, name)
            guard let first = given.first else {
                error(location.place, "no fastcgi_param \(name); set it, or blank it as penstock-identity.conf does")
                continue
            }
            for second in given.dropFirst() {
                error(
                    second.place,
                    "fastcgi_param \(name) comes a second time (first at \(first.place)); every request is refused. "
                        + "Change the line instead of adding one")
            }
            let value = first.arguments.dropFirst().first ?? ""
            if value.isEmpty { continue }
            isBlank = false
            if Self.isClients(value) {
                let message = "fastcgi_param \(name) is \(value), which the client chooses"
                if expectation.trustsGateway { error(first.place, message) } else { warn(first.place, message) }
            } else if !expectation.trustsGateway {
                warn(first.place, "fastcgi_param \(name) is set and not believed; set PENSTOCK_TRUST_GATEWAY=true")
            }
        }
        if expectation.trustsGateway, isBlank, let first = parameters(location, Self.identity[0]).first {
            warn(first.place, "PENSTOCK_TRUST_GATEWAY is true, and nginx passes no identity")
        }
    }

    /// Whether a variable is what a client has sent and nobody has checked: its headers, cookies, query, or the name in a
    /// Basic header, which `$remote_user` is even where no auth_basic has looked at the password.
    private static func isClients(_ value: String) -> Bool {
        ["$http_", "${http_", "$cookie_", "${cookie_", "$arg_", "${arg_", "$remote_user", "${remote_user"].contains {
            value.contains($0)
        }
    }

    mutating func checkBodies(_ location: Scope) {
        let limit = location.effective("client_max_body_size").last
        let bytes = limit.map { Self.bytes($0.value) ?? 0 } ?? 1 << 20
        let needed =
            Self.uploadPaths.contains(Self.path(location)) ? expectation.uploadBytes : expectation.bodyBytes
        if bytes != 0, bytes < needed {
            error(
                limit?.place ?? location.place,
                "client_max_body_size is \(limit?.value ?? "1m, nginx's default"); Penstock reads \(needed) bytes here"
            )
        }
        expect(location, "fastcgi_request_buffering", "on", orDefault: true, "a slow client would occupy a responder")
        expect(location, "fastcgi_keep_conn", "off", orDefault: true, "a kept connection would occupy a responder")
        expect(location, "fastcgi_intercept_errors", "off", orDefault: true, "Penstock's own errors would be replaced")
        for directive in location.effective("fastcgi_ignore_headers")
        where directive.arguments.contains("X-Accel-Redirect") {
            error(directive.place, "fastcgi_ignore_headers X-Accel-Redirect; no file would ever be sent")
        }
    }

    mutating func checkEvents(_ location: Scope) {
        expect(location, "fastcgi_buffering", "off", orDefault: false, "events would be held back")
        expect(location, "gzip", "off", orDefault: true, "events would be held back")
    }

    /// An error where a directive is not what it must be.
    /// - Parameter orDefault: whether nginx's default is right.
    mutating func expect(
        _ location: Scope, _ name: String, _ value: String, orDefault: Bool, _ consequence: String
    ) {
        guard let directive = location.effective(name).last else {
            if !orDefault { error(location.place, "\(name) is not \(value) here; \(consequence)") }
            return
        }
        if directive.value != value { error(directive.place, "\(name) is \(directive.value); \(consequence)") }
    }

    /// nginx's sizes: bytes, or with k, m or g.
    static func bytes(_ text: String) -> Int? {
        var digits = text[...]
        var shift = 0
        switch text.utf8.last {
        case UInt8(ascii: "k"), UInt8(ascii: "K"): shift = 10
        case UInt8(ascii: "m"), UInt8(ascii: "M"): shift = 20
        case UInt8(ascii: "g"), UInt8(ascii: "G"): shift = 30
        default: break
        }
        if shift > 0 { digits.removeLast() }
        return Int(digits).map { $0 << shift }
    }
}
