/// A moment as PostgreSQL prints it in a session whose time zone is UTC: `2026-05-07 10:30:00.123456+00`.
package struct Instant: Sendable, Equatable {
    private let text: String

    package init(postgres text: String) {
        self.text = text
    }

    /// RFC 3339 in UTC, cut to seconds: `2026-05-07T10:30:00Z`.
    package var rfc3339: String { "\(text.prefix(10))T\(text.dropFirst(11).prefix(8))Z" }

    /// As PostgreSQL printed it, with its microseconds.
    package var exact: String { text }

    /// The UTC date: `2026-05-07`.
    package var date: String { String(text.prefix(10)) }
}
