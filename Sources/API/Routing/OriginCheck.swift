import Coding
import HTTP

/// Whether a page of another origin asks for a change.
///
/// A browser sends the credentials that it holds (a gateway's cookie, a Basic password) with the requests of any page,
/// a form's too. So a page elsewhere could make and cancel exports in its reader's name. Browsers say where a request
/// comes from in two headers that no page can set (Fetch Metadata; RFC 6454 section 7); other clients send neither.
struct OriginCheck: Sendable {
    /// Pages that may ask for changes: `https://erp.example.com`.
    private let trusted: Set<String>

    init(trusting origins: [String]) {
        trusted = Set(origins)
    }

    func allows(_ request: Request) -> Bool {
        switch request.method {
        case .get, .head, .options: return true
        case .post, .put, .patch, .delete: break
        }
        let origins = request.headers.all("origin")
        if origins.count == 1, trusted.contains(origins[0].lowercasedASCII) { return true }
        let sites = request.headers.all("sec-fetch-site")
        // `none` is the reader's own doing: an address typed, a bookmark.
        if !sites.isEmpty { return sites.allSatisfy { $0 == "same-origin" || $0 == "none" } }
        // Browsers leave Sec-Fetch-Site out where the page is not encrypted.
        guard let host = request.headers.first("host")?.lowercasedASCII else { return origins.isEmpty }
        return origins.allSatisfy { Self.authority(of: $0.lowercasedASCII) == host }
    }

    /// nil for `null`, which is the origin of a page without one.
    private static func authority(of origin: String) -> String? {
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            return String(origin.dropFirst(scheme.count))
        }
        return nil
    }
}
