import FastCGI
import HTTP

/// FastCGI parameters as a request. The names are those that nginx/penstock.conf passes, and no others are looked at.
extension Request {
    /// The result of reading an exchange's parameters.
    enum Reading {
        /// A request without its body; the method is nil when this service does not know it.
        case request(Request, Method?)
        /// The web server's parameters cannot be understood, and why; its configuration has to be corrected.
        case misconfigured(String)
        /// The client's request target is not an address.
        case badTarget
    }

    static func read(_ exchange: Exchange) -> Reading {
        var headers = Headers()
        var gateway = GatewayParameters()
        var singles: [String: String] = [:]
        for (name, value) in exchange.parameters {
            if let header = Headers.name(ofParameter: name) {
                headers.add(header, value)
            } else if !gateway.take(name, value) {
                // CONTENT_TYPE and others like it come once: of two, two readers could each believe another.
                if singles.updateValue(value, forKey: name) != nil { return .misconfigured("\(name) is passed twice") }
            }
        }
        func single(_ name: String) -> String? { singles[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let methodText = single("REQUEST_METHOD") else { return .misconfigured("REQUEST_METHOD is missing") }
        let path: String
        if let uri = single("DOCUMENT_URI") {
            path = uri
        } else if let target = single("REQUEST_URI") {
            guard let resolved = RequestTarget.path(target) else { return .badTarget }
            path = resolved
        } else {
            return .misconfigured("DOCUMENT_URI is missing, and REQUEST_URI too")
        }
        let method = Method(rawValue: methodText)
        let request = Request(
            method: method ?? .get, path: path, rawQuery: singles["QUERY_STRING"] ?? "", headers: headers,
            gateway: gateway, requestID: singles["PENSTOCK_REQUEST_ID"] ?? "",
            remoteAddress: singles["REMOTE_ADDR"] ?? "",
            worker: singles["PENSTOCK_WORKER"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil },
            contentType: single("CONTENT_TYPE"))
        return .request(request, method)
    }
}
