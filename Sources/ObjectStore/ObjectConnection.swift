import CCurl
import Glibc
import Posix
import Synchronization

/// Sends requests by libcurl, one after the other, over a connection that is kept.
///
/// A child of fork(2) must not use its parent's connection: it makes one of its own and leaves the other alone. libcurl
/// may resolve a name in a thread, which has ended when a request has; a process may fork between two requests.
final class ObjectConnection: Sendable {
    private let origin: String
    private let authorities: String?
    private let idle = Mutex<Handle?>(nil)

    /// A handle of libcurl's that is not in use.
    private struct Handle: @unchecked Sendable {
        let easy: UnsafeMutableRawPointer
        let process: pid_t
    }

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK

    /// - Parameters:
    ///   - origin: `https://host`.
    ///   - authorities: a file of PEM certificates; nil for the system's.
    init(origin: String, authorities: String?) {
        self.origin = origin
        self.authorities = authorities
    }

    deinit {
        idle.withLock { if let handle = $0, handle.process == getpid() { curl_easy_cleanup(handle.easy) } }
    }

    /// - Parameters:
    ///   - headers: all of them, signed.
    ///   - milliseconds: the longest time for all of it.
    /// - Throws: `ObjectError` when there is no answer.
    func send(
        _ request: ObjectRequest, query: String, headers: [(String, String)], milliseconds: Int64
    ) throws(ObjectError) -> ObjectAnswer {
        let handle = try take()
        let easy = handle.easy
        let exchange = Exchange(request)
        var list: UnsafeMutablePointer<curl_slist>?
        // An empty value takes libcurl's own header away.
        for header in headers + [("Expect", ""), ("Accept", "")] {
            list = curl_slist_append(list, header.1.isEmpty ? "\(header.0):" : "\(header.0): \(header.1)")
        }
        defer { curl_slist_free_all(list) }
        prepare(easy, request, query, milliseconds)
        penstock_curl_set_headers(easy, list)
        let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer { words.deallocate() }
        penstock_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, words)
        let own = Unmanaged.passUnretained(exchange).toOpaque()
        for option in [CURLOPT_READDATA, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA] {
            penstock_curl_set_pointer(easy, option, own)
        }
        let result = withExtendedLifetime(exchange) { curl_easy_perform(easy) }
        let status = penstock_curl_status(easy)
        curl_easy_reset(easy)
        give(handle, isGood: result == CURLE_OK)
        guard result == CURLE_OK else {
            let reason = words.pointee != 0 ? String(cString: words) : String(cString: curl_easy_strerror(result))
            let isFinal = [CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE].contains(result)
            throw ObjectError(isFinal ? .denied : .unavailable, request.method, reason)
        }
        exchange.answer.status = status
        return exchange.answer
    }

    private func prepare(
        _ easy: UnsafeMutableRawPointer, _ request: ObjectRequest, _ query: String, _ milliseconds: Int64
    ) {
        penstock_curl_set_text(easy, CURLOPT_URL, origin + request.path + (query.isEmpty ? "" : "?\(query)"))
        penstock_curl_set_schemes(easy)
        penstock_curl_set_number(easy, CURLOPT_PATH_AS_IS, 1)
        penstock_curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
        switch request.method {
        case "HEAD": penstock_curl_set_number(easy, CURLOPT_NOBODY, 1)
        case "PUT", "POST":
            penstock_curl_set_number(easy, CURLOPT_UPLOAD, 1)
            penstock_curl_set_number(easy, CURLOPT_INFILESIZE_LARGE, Int(request.length))
        default: break
        }
        penstock_curl_set_text(easy, CURLOPT_USERAGENT, "Penstock")
        penstock_curl_set_text(easy, CURLOPT_PROXY, "")
        if let authorities { penstock_curl_set_text(easy, CURLOPT_CAINFO, authorities) }
        penstock_curl_set_number(easy, CURLOPT_FOLLOWLOCATION, 0)
        penstock_curl_set_number(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        penstock_curl_set_number(easy, CURLOPT_NOSIGNAL, 1)
        penstock_curl_set_number(easy, CURLOPT_TIMEOUT_MS, Int(milliseconds))
        penstock_curl_set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(min(milliseconds, 5_000)))
        penstock_curl_set_read(easy) { buffer, size, count, own in
            guard let own, let buffer else { return 0 }
            return Unmanaged<Exchange>.fromOpaque(own).takeUnretainedValue().read(into: buffer, size * count)
        }
        penstock_curl_set_header(easy) { bytes, size, count, own in
            guard let own else { return 0 }
            Unmanaged<Exchange>.fromOpaque(own).takeUnretainedValue()
                .takeHead(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        penstock_curl_set_write(easy) { bytes, size, count, own in
            guard let own else { return 0 }
            return Unmanaged<Exchange>.fromOpaque(own).takeUnretainedValue()
                .take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    private func take() throws(ObjectError) -> Handle {
        let kept = idle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        if let kept, kept.process == getpid() { return kept }
        guard Self.isReady, let easy = curl_easy_init() else {
            throw ObjectError(.unavailable, "connect", "libcurl has no memory")
        }
        return Handle(easy: easy, process: getpid())
    }

    private func give(_ handle: Handle, isGood: Bool) {
        let surplus = idle.withLock { kept -> Handle? in
            if isGood, kept == nil {
                kept = handle
                return nil
            }
            return handle
        }
        if let surplus { curl_easy_cleanup(surplus.easy) }
    }
}
