import Coding
import Crypto
import Posix

/// The client of one bucket: each operation is one request, which is tried again where another try may do better.
///
///     no answer, 408, 429, 5xx, 200 with an error in it ─▶ again, after a pause that grows, until the patience is over
///     any other answer ─▶ the operation's result, or its error
package struct ObjectClient: Sendable {
    package let place: ObjectPlace
    package let signer: RequestSigner
    private let connection: ObjectConnection
    /// Milliseconds in which an operation that reads has its answer or its error.
    private let patience: Int64

    private static let pauses = Backoff(first: 100, longest: 3_000)
    /// Of an operation that sends bytes, in milliseconds: at least this.
    private static let writePatience: Int64 = 25_000

    /// - Parameters:
    ///   - authorities: a file of PEM certificates; nil for the system's.
    ///   - patience: milliseconds in which an operation that reads has its answer or its error.
    package init(_ place: ObjectPlace, _ signer: RequestSigner, authorities: String?, patience: Int64) {
        self.place = place
        self.signer = signer
        self.patience = patience
        connection = ObjectConnection(origin: place.origin, authorities: authorities)
    }

    /// Sends a request until it has an answer that another try would not change.
    /// - Throws: `ObjectError` when there is none in time.
    func send(_ request: ObjectRequest) throws(ObjectError) -> ObjectAnswer {
        let query = RequestSigner.query(request.query)
        let payload = try Self.digest(of: request.body)
        let patience = request.length > 0 ? max(patience, Self.writePatience) : patience
        let end = Clock.monotonicMilliseconds + patience
        var failures = 0
        while true {
            var failure: ObjectError
            do throws(ObjectError) {
                let headers = signer.headers(
                    request.method, host: place.host, path: request.path, query: query, headers: request.headers,
                    payload: payload)
                let answer = try connection.send(
                    request, query: query, headers: headers, milliseconds: max(1, end - Clock.monotonicMilliseconds))
                guard Self.mayPass(answer, request) else { return answer }
                failure = ObjectError(answer, of: request.method)
                if answer.status == 200 { failure = ObjectError(.unavailable, request.method, failure.reason) }
            } catch {
                failure = error
            }
            failures += 1
            let pause = Self.pauses.pause(after: failures)
            guard failure.kind == .unavailable, Clock.monotonicMilliseconds + pause < end else { throw failure }
            _ = try? waitReadable([], milliseconds: pause)
        }
    }

    /// Whether the same request may have another answer later. A store that has begun to answer a long request with 200
    /// can only tell of an error in the body (CompleteMultipartUpload, CopyObject).
    private static func mayPass(_ answer: ObjectAnswer, _ request: ObjectRequest) -> Bool {
        switch answer.status {
        case 408, 429, 500, 502, 503, 504: true
        case 200 where request.method == "POST" || request.headers.contains { $0.0 == "x-amz-copy-source" }:
            answer.text.element("Code") != nil
        case 400: answer.text.element("Code") == "RequestTimeout"
        default: false
        }
    }

    private static func digest(of body: ObjectRequest.Body) throws(ObjectError) -> String {
        switch body {
        case .bytes(let bytes): return Array(SHA256.hash(data: bytes)).hexadecimal
        case .file(let descriptor, let offset, let count):
            var digest = SHA256()
            try FileRange(descriptor, offset, count).forEach { digest.update(bufferPointer: $0) }
            return Array(digest.finalize()).hexadecimal
        }
    }
}
