import CCurl
import Posix

/// Sends messages to their destinations, many at the same time, by libcurl.
///
/// No redirect is followed, no proxy of the environment's used, no answer of more than 64 KiB read, nothing waited for
/// longer than five seconds, and no socket is opened to an address that `Destination.mayConnect` refuses. An https
/// endpoint has to show a certificate for its name that an authority vouches for; until it does, nothing of a message
/// is sent.
package final class WebhookSender {
    private let transfers: Transfers
    private let trusted: [AddressRange]
    private let authorities: String?

    /// - Parameter authorities: a file of PEM certificates; nil for those that libcurl was built to find, of the
    ///   system. libcurl reads no environment variable for them (CURL_CA_BUNDLE is the tool's), and may keep the
    ///   certificates that it has read.
    package init(_ transfers: Transfers, trusted: [AddressRange], authorities: String?) {
        self.transfers = transfers
        self.trusted = trusted
        self.authorities = authorities
    }

    /// Begins to send a message. The transfers' `wait` calls `done` once, with the outcome.
    package func send(_ message: SignedMessage, to url: String, _ done: @escaping (DeliveryOutcome) -> Void) {
        guard let easy = curl_easy_init() else {
            return done(DeliveryOutcome(status: nil, failure: "libcurl has no memory", retryAfter: nil))
        }
        let delivery = Delivery(message, trusted: trusted, done)
        delivery.prepare(easy, url, authorities: authorities)
        transfers.begin(easy, delivery)
    }
}
