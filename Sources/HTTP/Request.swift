import JSON

/// One request, copied out of the FastCGI connection: nothing in it points into a buffer that dies.
package struct Request: Sendable {
    package var method: Method
    /// The decoded path of `DOCUMENT_URI`, on which alone requests are routed. nginx has decoded it once, merged
    /// slashes and resolved dots; `REQUEST_URI` is as the client sent it and is looked at only where there is no other.
    package var path: String
    /// The text after the `?`, undecoded.
    package var rawQuery: String
    package var headers: Headers
    package var body: [UInt8]
    package var gateway: GatewayParameters
    /// nginx's `$request_id`: in the log, in 5xx answers, and the key on which a replayed create is recognised.
    package var requestID: String
    package var remoteAddress: String
    /// Process id of the web server's worker that passed the request on; nil where it does not say.
    package var worker: Int64?
    package var contentType: String?

    package init(
        method: Method = .get, path: String, rawQuery: String = "", headers: Headers = [:], body: [UInt8] = [],
        gateway: GatewayParameters = GatewayParameters(), requestID: String = "", remoteAddress: String = "",
        worker: Int64? = nil, contentType: String? = nil
    ) {
        self.method = method
        self.path = path
        self.rawQuery = rawQuery
        self.headers = headers
        self.body = body
        self.gateway = gateway
        self.requestID = requestID
        self.remoteAddress = remoteAddress
        self.worker = worker
        self.contentType = contentType
    }

    /// The path between its slashes. An empty segment stays, so that `/report//exports` and `/report/exports/` are
    /// other paths than `/report/exports`: `/a/` is `["a", ""]`, `/` is `[""]`.
    package var segments: [String] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .dropFirst(path.utf8.first == UInt8(ascii: "/") ? 1 : 0).map { String(Substring($0)) }
    }
}

/// The caller whom the web server has authenticated: every occurrence of each FastCGI parameter, in order, because a
/// repeated one must be refused.
///
/// Only parameters of our own nginx snippet end up here; a client's header becomes `HTTP_…` and never one of these.
package struct GatewayParameters: Equatable, Sendable {
    package var user: [String] = []
    package var tenant: [String] = []
    package var permissions: [String] = []
    package var superuser: [String] = []
    package var claims: [String] = []

    package init(
        user: [String] = [], tenant: [String] = [], permissions: [String] = [], superuser: [String] = [],
        claims: [String] = []
    ) {
        self.user = user
        self.tenant = tenant
        self.permissions = permissions
        self.superuser = superuser
        self.claims = claims
    }

    /// Takes one FastCGI parameter; false when it is another than these five.
    package mutating func take(_ name: String, _ value: String) -> Bool {
        switch name {
        case "PENSTOCK_USER": user.append(value)
        case "PENSTOCK_TENANT": tenant.append(value)
        case "PENSTOCK_PERMISSIONS": permissions.append(value)
        case "PENSTOCK_SUPERUSER": superuser.append(value)
        case "PENSTOCK_CLAIMS": claims.append(value)
        default: return false
        }
        return true
    }
}
