/// The parameters that reach Penstock with a request.
extension SnippetCheck {
    private static let identity = [
        "PENSTOCK_USER", "PENSTOCK_TENANT", "PENSTOCK_PERMISSIONS", "PENSTOCK_SUPERUSER", "PENSTOCK_CLAIMS",
    ]

    private func parameters(_ location: Scope, _ name: String) -> [Directive] {
        location.effective("fastcgi_param").filter { $0.value == name }
    }

    /// Parameters of the snippet without which requests are understood all the same.
    private static let dispensable: Set = ["HTTPS", "HTTP_COOKIE", "PENSTOCK_WORKER"]

    mutating func checkParameters(_ location: Scope, _ wanted: Scope) {
        for parameter in wanted.effective("fastcgi_param") {
            let name = parameter.value
            guard let value = parameter.arguments.dropFirst().first, !Self.identity.contains(name),
                !Self.dispensable.contains(name)
            else { continue }
            let given = parameters(location, name)
            if value.isEmpty {
                // A Proxy header of a client's would otherwise arrive as HTTP_PROXY (httpoxy).
                if given.first?.arguments.dropFirst().first != "" {
                    warn(location.place, "\(name) is not blanked; add fastcgi_param \(name) \"\"")
                }
                continue
            }
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
    }

    /// nginx writes a parameter's length first and its value later; a variable that changes in between is written past
    /// its buffer (nginx issue 1194).
    mutating func checkVariables(_ location: Scope) {
        for parameter in location.effective("fastcgi_param") {
            let value = parameter.arguments.dropFirst().first ?? ""
            guard value.contains("$tcpinfo_") || value.contains("${tcpinfo_") else { continue }
            error(
                parameter.place,
                "fastcgi_param \(parameter.value) is \(value), which can change while nginx writes it and overflow its "
                    + "memory; leave it out")
        }
    }

    /// Each of the five comes once: blank, or from a place where nginx has authenticated the caller.
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

    /// Whether a variable is a client's own value that has not been checked: its headers, cookies, query, or the name
    /// in a Basic header, which `$remote_user` holds even where no auth_basic has checked the password.
    private static func isClients(_ value: String) -> Bool {
        ["$http_", "${http_", "$cookie_", "${cookie_", "$arg_", "${arg_", "$remote_user", "${remote_user"].contains {
            value.contains($0)
        }
    }
}
