import CCurl
import Glibc
import Posix

/// Takes messages to their destinations, many at the same time, by libcurl.
///
/// For a process that never forks: libcurl resolves names in threads of its own. No redirect is followed, no proxy of the
/// environment's used, no answer of more than 64 KiB read, nothing waited for longer than five seconds, and no socket is
/// opened to an address that `Destination.mayConnect` refuses, whatever a name has resolved to. An https endpoint has to show
/// a certificate for its name that an authority vouches for; until it does, nothing of a message is sent.
package final class Courier {
    private let multi: OpaquePointer
    private let trusted: [AddressRange]
    private let authorities: String?
    private var deliveries: [OpaquePointer: Delivery] = [:]

    fileprivate static let milliseconds = 5_000
    fileprivate static let answerLimit = 65_536

    /// What came of a message.
    package struct Outcome: Sendable {
        /// The HTTP status; nil when there was no answer.
        package let status: Int?
        /// For people, when it did not arrive.
        package let failure: String?
        /// Seconds that the other side asks to be left alone for.
        package let retryAfter: Int?

        package init(status: Int?, failure: String?, retryAfter: Int?) {
            self.status = status
            self.failure = failure
            self.retryAfter = retryAfter
        }

        package var isDelivered: Bool { status.map { (200...299).contains($0) } ?? false }
    }

    /// - Parameter authorities: a file of PEM certificates; nil for those that libcurl was built to find, of the system. libcurl
    ///   looks into no variable of the environment for them (CURL_CA_BUNDLE is the tool's), and may keep what it has read.
    /// - Throws: `PosixError` ENOMEM when libcurl cannot be had.
    package init(trusted: [AddressRange], authorities: String?) throws(PosixError) {
        guard curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK, let multi = curl_multi_init() else {
            throw PosixError("curl_multi_init", errorNumber: ENOMEM)
        }
        self.multi = OpaquePointer(multi)
        self.trusted = trusted
        self.authorities = authorities
    }

    deinit {
        for (handle, _) in deliveries { end(handle) }
        curl_multi_cleanup(UnsafeMutableRawPointer(multi))
    }

    /// How many are under way.
    package var count: Int { deliveries.count }

    /// Sends a message off; what comes of it is told once, by `wait`.
    package func send(_ message: SignedMessage, to url: String, _ done: @escaping (Outcome) -> Void) {
        guard let easy = curl_easy_init() else {
            return done(Outcome(status: nil, failure: "libcurl has no memory", retryAfter: nil))
        }
        let delivery = Delivery(message, trusted: trusted, done)
        delivery.prepare(easy, url, authorities: authorities)
        deliveries[OpaquePointer(easy)] = delivery
        curl_multi_add_handle(UnsafeMutableRawPointer(multi), easy)
    }

    /// Waits until something happens, moves all deliveries on, and tells what came of those that are over.
    /// - Parameter descriptors: others that end the wait when they are readable.
    package func wait(_ descriptors: [Int32], milliseconds: Int64) {
        let multi = UnsafeMutableRawPointer(multi)
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        if !tellFinished() {
            var others = descriptors.filter { $0 >= 0 }.map {
                curl_waitfd(fd: $0, events: Int16(CURL_WAIT_POLLIN), revents: 0)
            }
            curl_multi_poll(multi, &others, UInt32(others.count), Int32(clamping: max(0, milliseconds)), nil)
            curl_multi_perform(multi, &running)
            _ = tellFinished()
        }
    }

    private func tellFinished() -> Bool {
        var told = false
        var left: Int32 = 0
        while let message = curl_multi_info_read(UnsafeMutableRawPointer(multi), &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let delivery = deliveries[OpaquePointer(easy)]
            else { continue }
            let outcome = delivery.outcome(easy, penstock_curl_result(message))
            end(OpaquePointer(easy))
            delivery.done(outcome)
            told = true
        }
        return told
    }

    private func end(_ handle: OpaquePointer) {
        let easy = UnsafeMutableRawPointer(handle)
        curl_multi_remove_handle(UnsafeMutableRawPointer(multi), easy)
        curl_easy_cleanup(easy)
        deliveries[handle] = nil
    }
}

/// One message on its way. libcurl points to it; the courier keeps it until libcurl has let go.
private final class Delivery {
    let done: (Courier.Outcome) -> Void
    private let message: SignedMessage
    private let trusted: [AddressRange]
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var answered = 0
    private var wasRefused = false
    /// Where libcurl says what was wrong, for as long as it knows of this delivery.
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(_ message: SignedMessage, trusted: [AddressRange], _ done: @escaping (Courier.Outcome) -> Void) {
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
        // The peer's certificate and its name are checked unless somebody says otherwise, and nobody can.
        if let authorities { penstock_curl_set_text(easy, CURLOPT_CAINFO, authorities) }
        penstock_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, words)
        penstock_curl_set_number(easy, CURLOPT_FOLLOWLOCATION, 0)
        penstock_curl_set_number(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        penstock_curl_set_number(easy, CURLOPT_NOSIGNAL, 1)
        penstock_curl_set_number(easy, CURLOPT_TIMEOUT_MS, Courier.milliseconds)
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

    /// Counts the answer's bytes and keeps none; fewer than were given end the transfer.
    private func take(_ count: Int) -> Int {
        answered += count
        return answered <= Courier.answerLimit ? count : 0
    }

    /// Of a certificate, what is wrong with it (its name, its time, who vouches); of anything else only the kind of failure:
    /// libcurl's own words then tell of addresses and ports behind a name.
    private func reason(_ result: CURLcode) -> String {
        let isOfCertificates = result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE
        if isOfCertificates, words.pointee != 0 { return String(cString: words) }
        return String(cString: curl_easy_strerror(result))
    }

    func outcome(_ easy: UnsafeMutableRawPointer, _ result: CURLcode) -> Courier.Outcome {
        let status = penstock_curl_status(easy)
        // An answer that is too long has said all that matters with its status.
        let isAnswer = result == CURLE_OK || answered > Courier.answerLimit
        guard isAnswer, status > 0 else {
            return Courier.Outcome(
                status: nil, failure: wasRefused ? "the address is not allowed" : reason(result), retryAfter: nil)
        }
        let retryAfter = penstock_curl_retry_after(easy)
        return Courier.Outcome(
            status: status, failure: (200...299).contains(status) ? nil : "answered \(status)",
            retryAfter: retryAfter > 0 ? retryAfter : nil)
    }
}
