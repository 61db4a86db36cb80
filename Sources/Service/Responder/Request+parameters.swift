import FastCGI
import HTTP

/// FastCGI parameters as a request. The names are those that nginx/penstock.conf passes, and no others are looked at.
extension Request {
    /// - Returns: the request without its body, and its method, nil when it is none that this service knows; nothing at
    ///   all when what nginx always passes is missing or doubled, which only a foreign peer would send.
    static func read(_ exchange: Exchange) -> (request: Request, method: Method?)? {
        var headers = Headers()
        var gateway = GatewayParameters()
        var singles: [String: String] = [:]
        for (name, value) in exchange.parameters {
            if let header = Headers.name(ofParameter: name) {
                headers.add(header, value)
            } else if !gateway.take(name, value) {
                // CONTENT_TYPE and the like come once; a second one would be somebody's trick on the first reader.
                if singles.updateValue(value, forKey: name) != nil { return nil }
            }
        }
        guard let path = singles["DOCUMENT_URI"], let methodText = singles["REQUEST_METHOD"] else { return nil }
        let method = Method(rawValue: methodText)
        let contentType = singles["CONTENT_TYPE"].flatMap { $0.isEmpty ? nil : $0 }
        let request = Request(
            method: method ?? .get, path: path, rawQuery: singles["QUERY_STRING"] ?? "", headers: headers,
            gateway: gateway, requestID: singles["PENSTOCK_REQUEST_ID"] ?? "",
            remoteAddress: singles["REMOTE_ADDR"] ?? "", contentType: contentType)
        return (request, method)
    }
}
