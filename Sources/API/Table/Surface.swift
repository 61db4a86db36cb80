import Audit
import HTTP

/// One of the APIs: its paths, its endpoints, and the form of its errors.
package struct Surface: Sendable {
    /// Its word in the audit and in the names of its schemas.
    package let name: String
    /// Before all its paths, without a slash at the end.
    package let prefix: String
    /// Whether its paths end in a slash, where two surfaces share a prefix; nil for one that has its prefix to itself.
    let endsInSlash: Bool?
    let errors: ErrorForm
    package let endpoints: [Endpoint]
    /// The fragments of the OpenAPI document that describe the endpoints.
    let fragments: [[UInt8]]
    private let segments: [String]

    init(
        _ name: String, prefix: String, endsInSlash: Bool? = nil, errors: ErrorForm, fragments: [[UInt8]],
        _ endpoints: [Endpoint]
    ) {
        self.name = name
        self.prefix = prefix
        self.endsInSlash = endsInSlash
        self.errors = errors
        self.fragments = fragments
        self.endpoints = endpoints.map { $0.under(prefix) }
        segments = prefix.dropFirst().split(separator: "/").map(String.init)
    }

    /// All surfaces. The first also answers for paths that belong to no surface.
    package static let all: [Surface] = [exports, reports, recent, records, reexports]

    /// Its word in the audit.
    var via: DownloadAttempt.Via { DownloadAttempt.Via(rawValue: name) }

    /// Whose a path is, also when nothing is served there.
    static func of(_ segments: [String]) -> Surface {
        all.first {
            segments.starts(with: $0.segments) && ($0.endsInSlash ?? (segments.last == "")) == (segments.last == "")
        } ?? all[0]
    }
}
