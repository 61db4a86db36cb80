import CCurl
import Glibc
import Posix

/// One message on its way. libcurl points to it, so the sender keeps it until libcurl has removed its handle.
final class Delivery: Transfer {
    private static let limitMilliseconds = 5_000
    private static let answerLimit = 65_536

    private let done: (DeliveryOutcome) -> Void
    private let message: SignedMessage
    private let trusted: [AddressRange]
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var answered = 0
    private var wasRefused = false
    /// libcurl writes its error message here, as long as it knows of this delivery.
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(_ message: SignedMessage, trusted: [AddressRange], _ done: @escaping (DeliveryOutcome) -> Void) {
        self.message = message
        self.trusted = trusted
        self.done = done
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_slist_free_all(headers)
        words.deallocate()
    }

    func prepare(_ easy: UnsafeMutableRawPointer, _ url: String, authorities: String?) {
        for (name, value) in message.headers + [("Expect", "")] {
            // A name with nothing after its colon takes libcurl's own field away.
            headers = curl_slist_append(headers, value.isEmpty ? "\(name):" : "\(name): \(value)")
        }
        let own = Unmanaged.passUnretained(self).toOpaque()
        penstock_curl_set_text(easy, CURLOPT_URL, url)
        penstock_curl_set_schemes(easy)
        penstock_curl_set_headers(easy, headers)
        penstock_curl_set_number(easy, CURLOPT_POSTFIELDSIZE, message.body.count)
        message.body.withUnsafeBytes {
            _ = penstock_curl_set_pointer(
                easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
        }
        penstock_curl_set_text(easy, CURLOPT_USERAGENT, "Penstock")
        penstock_curl_set_text(easy, CURLOPT_PROXY, "")
        // libcurl checks the peer's certificate and its name unless it is told otherwise; no setting does that.
        if let authorities { penstock_curl_set_text(easy, CURLOPT_CAINFO, authorities) }
        penstock_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, words)
        penstock_curl_set_number(easy, CURLOPT_FOLLOWLOCATION, 0)
        penstock_curl_set_number(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        penstock_curl_set_number(easy, CURLOPT_NOSIGNAL, 1)
        penstock_curl_set_number(easy, CURLOPT_TIMEOUT_MS, Self.limitMilliseconds)
        // A connection is used once: each delivery has its own look at the address.
        penstock_curl_set_number(easy, CURLOPT_FORBID_REUSE, 1)
        penstock_curl_set_number(easy, CURLOPT_FRESH_CONNECT, 1)
        penstock_curl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, own)
        penstock_curl_set_open_socket(easy) { own, _, address in
            guard let own, let address else { return CURL_SOCKET_BAD }
            return Unmanaged<Delivery>.fromOpaque(own).takeUnretainedValue().open(address)
        }
        penstock_curl_set_pointer(easy, CURLOPT_WRITEDATA, own)
        penstock_curl_set_write(easy) { _, size, count, own in
            guard let own else { return 0 }
            return Unmanaged<Delivery>.fromOpaque(own).takeUnretainedValue().take(size * count)
        }
    }

    /// A socket to an address that may be connected to.
    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
        // The address is longer than the member that begins it.
        let start = UnsafeRawPointer(address) + (MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        let endpoint = NetworkAddress.endpoint(start.assumingMemoryBound(to: sockaddr.self))
        guard let endpoint, Destination.mayConnect(endpoint.address, endpoint.port, trusted: trusted) else {
            wasRefused = true
            return CURL_SOCKET_BAD
        }
        return socket(
            address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
    }

    /// Counts the answer's bytes and drops them; a result below `count` ends the transfer.
    private func take(_ count: Int) -> Int {
        answered += count
        return answered <= Self.answerLimit ? count : 0
    }

    /// For a certificate, its error (name, time, authority); for other failures only their kind, since libcurl's own
    /// words would tell of addresses and ports behind a name.
    private func reason(_ result: CURLcode) -> String {
        let isOfCertificates = result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE
        if isOfCertificates, words.pointee != 0 { return String(cString: words) }
        return String(cString: curl_easy_strerror(result))
    }

    func end(_ easy: UnsafeMutableRawPointer, _ result: CURLcode) -> () -> Void {
        let outcome = outcome(easy, result)
        return { [done] in done(outcome) }
    }

    private func outcome(_ easy: UnsafeMutableRawPointer, _ result: CURLcode) -> DeliveryOutcome {
        let status = penstock_curl_status(easy)
        // An answer that is too long has said all that matters with its status.
        let isAnswer = result == CURLE_OK || answered > Self.answerLimit
        guard isAnswer, status > 0 else {
            return DeliveryOutcome(
                status: nil, failure: wasRefused ? "the address is not allowed" : reason(result), retryAfter: nil)
        }
        let retryAfter = penstock_curl_retry_after(easy)
        return DeliveryOutcome(
            status: status, failure: (200...299).contains(status) ? nil : "answered \(status)",
            retryAfter: retryAfter > 0 ? retryAfter : nil)
    }
}
