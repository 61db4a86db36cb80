import API
import Coding
import HTTP
import Posix
import Synchronization

/// Sends requests to a router in this process: a request value in, a response value out. nginx's part, as its snippet
/// has it, is to resolve the path, to drop two headers, and to name the request.
package struct InProcessClient: APIClient {
    let service: InProcessService
    package var credential: Credential

    package func reply(
        _ method: String, _ target: String, _ headers: [(String, String)], body: [UInt8]?
    ) throws -> Reply {
        guard let path = RequestTarget.path(target) else { throw Unmet("nginx takes no such target: \(target)") }
        let query = target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) } ?? ""
        let fields = Headers(
            (headers + credential.headers).filter { !["cookie", "proxy"].contains($0.0.lowercasedASCII) })
        let types = fields.all("content-type")
        let id = UUID.version7().description
        let known = Method(rawValue: method)
        let request = Request(
            method: known ?? .get, path: path, rawQuery: query, headers: fields, requestID: id,
            remoteAddress: "127.0.0.1", contentType: types.isEmpty ? nil : types.joined(separator: ", "))
        let answer = service.router.withLock {
            $0.begin(request, method: known).answer(BodyBytes(bytes: body ?? []))
        }
        switch answer {
        case .response(let response): return try reply(response, isHead: method == "HEAD", id)
        case .stream(let subscription): return try reply(EventSubscription.head(subscription), isHead: true, id)
        case nil: throw Unmet("no answer: \(method) \(target)")
        }
    }

    private func reply(_ response: Response, isHead: Bool, _ id: String) throws -> Reply {
        // Refuses a header that the responder would refuse.
        _ = try response.serializedHead()
        return Reply(
            status: response.status, headers: response.headers + [(name: "X-Request-Id", value: id)],
            body: isHead ? [] : response.body)
    }
}

/// A body that is all there.
private struct BodyBytes: RequestBody {
    let bytes: [UInt8]

    func read(limit: Int) -> RequestBodyEnd { bytes.count > limit ? .tooLarge : .bytes(bytes) }

    func read<E: Error>(
        limit: Int, _ take: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) -> RequestBodyEnd {
        if bytes.count > limit { return .tooLarge }
        var at = 0
        while at < bytes.count {
            let end = min(at + 4096, bytes.count)
            let piece = Array(bytes[at..<end])
            var failure: E?
            piece.withUnsafeBytes { buffer in
                do throws(E) { try take(buffer) } catch { failure = error }
            }
            if let failure { throw failure }
            at = end
        }
        return .bytes([])
    }

    func discard() {}
}
