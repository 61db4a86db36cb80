import CCurl
import Mail
import Posix

/// Sends e-mail to its server by libcurl: a connection a message, TLS with a certificate of the server's name unless
/// the configuration says that there is none, no proxy of the environment's.
package final class MailSender {
    private let transfers: Transfers
    private let server: MailServer
    private let encryption: MailServer.Encryption
    private let authorities: String?
    private let passwordFile: String?

    /// - Parameters:
    ///   - authorities: a file of PEM certificates; nil for the system's.
    ///   - passwordFile: its first line is the password, read for each message; nil for that of the server's URL.
    package init(
        _ transfers: Transfers, _ server: MailServer, _ encryption: MailServer.Encryption, authorities: String?,
        passwordFile: String?
    ) {
        self.transfers = transfers
        self.server = server
        self.encryption = encryption
        self.authorities = authorities
        self.passwordFile = passwordFile
    }

    /// Begins to send a message. The transfers' `wait` calls `done` once, with the outcome.
    /// - Parameter file: the next bytes of the attachment, as `MailStream` takes them.
    package func send(
        _ message: MailMessage, file: @escaping () throws -> [UInt8] = { [] },
        _ done: @escaping (DeliveryOutcome) -> Void
    ) {
        func refuse(_ failure: String) { done(DeliveryOutcome(status: nil, failure: failure, retryAfter: nil)) }
        var password = server.password
        if let passwordFile {
            guard let bytes = try? File.bytes(at: passwordFile, limit: 4096) else {
                return refuse("the file of SMTP_PASSWORD_FILE cannot be read")
            }
            password = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        }
        guard let easy = curl_easy_init() else { return refuse("libcurl has no memory") }
        let transfer = MailTransfer(message, MailStream(message, file: file), done)
        transfer.prepare(easy, server, encryption, password: password, authorities: authorities)
        transfers.begin(easy, transfer)
    }
}
