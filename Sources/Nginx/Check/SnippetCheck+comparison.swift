/// Directives of a location that have to be as the snippet has them.
extension SnippetCheck {
    /// The consequence of another value, by directive.
    private static let consequences = [
        "fastcgi_request_buffering": "a slow client would occupy a responder",
        "fastcgi_keep_conn": "a kept connection would occupy a responder",
        "fastcgi_intercept_errors": "Penstock's own errors would be replaced",
        "fastcgi_buffering": "events would be held back",
        "gzip": "events would be held back",
    ]
    /// nginx's own values, which hold where a configuration says nothing.
    private static let defaults = [
        "fastcgi_request_buffering": "on", "fastcgi_keep_conn": "off", "fastcgi_intercept_errors": "off",
        "fastcgi_buffering": "on", "gzip": "off", "client_max_body_size": "1m",
    ]

    mutating func compare(_ location: Scope, _ wanted: Scope) {
        for (name, consequence) in Self.consequences.sorted(by: { $0.key < $1.key }) {
            guard let value = wanted.effective(name).last?.value else { continue }
            expect(location, name, value, consequence)
        }
        let name = "client_max_body_size"
        let limit = location.effective(name).last
        let bytes = Self.bytes(limit?.value ?? Self.defaults[name] ?? "") ?? 0
        let needed = Self.bytes(wanted.effective(name).last?.value ?? "") ?? 0
        if bytes != 0, bytes < needed {
            error(
                limit?.place ?? location.place,
                "\(name) is \(limit?.value ?? "1m, nginx's default"); Penstock reads \(needed) bytes here")
        }
        if expectation.places.limitsAddresses, location.effective("limit_req").isEmpty {
            warn(
                location.place,
                "no limit_req here; a flood from one address would occupy the responders; include penstock-limits.conf")
        }
        for directive in location.effective("fastcgi_ignore_headers")
        where directive.arguments.contains("X-Accel-Redirect") {
            error(directive.place, "fastcgi_ignore_headers X-Accel-Redirect; no file would ever be sent")
        }
    }

    /// Reports an error where a directive has another value.
    mutating func expect(_ location: Scope, _ name: String, _ value: String, _ consequence: String) {
        guard let directive = location.effective(name).last else {
            if Self.defaults[name] != value {
                error(location.place, "\(name) is not \(value) here; \(consequence)")
            }
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
