import CCurl
import Glibc
import Posix

/// Sends messages to their destinations, many at the same time, by libcurl.
///
/// For a process that never forks: libcurl resolves names in threads of its own. No redirect is followed, no proxy of
/// the environment's used, no answer of more than 64 KiB read, nothing waited for longer than five seconds, and no
/// socket is opened to an address that `Destination.mayConnect` refuses. An https endpoint has to show a certificate
/// for its name that an authority vouches for; until it does, nothing of a message is sent.
package final class WebhookSender {
    private let multi: OpaquePointer
    private let trusted: [AddressRange]
    private let authorities: String?
    private var deliveries: [OpaquePointer: Delivery] = [:]

    /// - Parameter authorities: a file of PEM certificates; nil for those that libcurl was built to find, of the
    ///   system. libcurl reads no environment variable for them (CURL_CA_BUNDLE is the tool's), and may keep the
    ///   certificates that it has read.
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

    /// Begins to send a message. `wait` calls `done` once, with the outcome.
    package func send(_ message: SignedMessage, to url: String, _ done: @escaping (DeliveryOutcome) -> Void) {
        guard let easy = curl_easy_init() else {
            return done(DeliveryOutcome(status: nil, failure: "libcurl has no memory", retryAfter: nil))
        }
        let delivery = Delivery(message, trusted: trusted, done)
        delivery.prepare(easy, url, authorities: authorities)
        deliveries[OpaquePointer(easy)] = delivery
        curl_multi_add_handle(UnsafeMutableRawPointer(multi), easy)
    }

    /// Waits until something happens, moves all deliveries on, and reports the outcomes of those that are over.
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
