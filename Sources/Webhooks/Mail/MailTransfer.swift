import CCurl
import Glibc
import Mail

/// One e-mail on its way.
///
///     EHLO, STARTTLS, AUTH ──▶ MAIL, RCPT ──▶ DATA ──▶ bytes of `stream` ──▶ end ──answer──▶ QUIT
///                │ 5xx: tried again        │ 5xx: final   │ its error: the connection breaks off inside DATA
///
/// The answer that counts is the first one after the last byte: QUIT is answered as well, and libcurl reports the last
/// answer of all. A stream that fails ends the transfer without the end of the message, and a server drops what it has.
final class MailTransfer: Transfer {
    /// A server may look at a message for long before it takes it. An attempt is over before its lease.
    private static let limitMilliseconds = 240_000
    private static let connectMilliseconds = 15_000

    private let message: MailMessage
    private var stream: MailStream
    private let done: (DeliveryOutcome) -> Void
    private var recipients: UnsafeMutablePointer<curl_slist>?
    private var piece: ArraySlice<UInt8> = []
    private var given: Int64 = 0
    private let size: Int64
    private var isWhole = false
    private var fault: (any Error)?
    /// The last line of each answer.
    private var answers = 0
    /// The last answer, where it refuses.
    private var refusal: Answer?
    private var verdict: Answer?
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    private struct Answer {
        let code: Int
        let text: String
        /// 1 for the greeting.
        let number: Int
    }

    init(_ message: MailMessage, _ stream: MailStream, _ done: @escaping (DeliveryOutcome) -> Void) {
        self.message = message
        self.stream = stream
        size = message.size
        self.done = done
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_slist_free_all(recipients)
        words.deallocate()
    }

    func prepare(
        _ easy: UnsafeMutableRawPointer, _ server: MailServer, _ encryption: MailServer.Encryption, password: String?,
        authorities: String?
    ) {
        recipients = curl_slist_append(nil, "<\(message.to)>")
        let own = Unmanaged.passUnretained(self).toOpaque()
        penstock_curl_set_text(easy, CURLOPT_URL, server.url)
        penstock_curl_set_mail_schemes(easy)
        // ALL: without STARTTLS nothing is sent, not even a password.
        penstock_curl_set_number(
            easy, CURLOPT_USE_SSL,
            Int(encryption == .required ? CURLUSESSL_ALL.rawValue : CURLUSESSL_NONE.rawValue))
        if let user = server.user {
            penstock_curl_set_text(easy, CURLOPT_USERNAME, user)
            penstock_curl_set_text(easy, CURLOPT_PASSWORD, password ?? "")
        }
        penstock_curl_set_text(easy, CURLOPT_MAIL_FROM, "<\(message.from.address)>")
        penstock_curl_set_recipients(easy, recipients)
        penstock_curl_set_number(easy, CURLOPT_UPLOAD, 1)
        penstock_curl_set_size(easy, curl_off_t(size))
        penstock_curl_set_text(easy, CURLOPT_PROXY, "")
        if let authorities { penstock_curl_set_text(easy, CURLOPT_CAINFO, authorities) }
        penstock_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, words)
        penstock_curl_set_number(easy, CURLOPT_NOSIGNAL, 1)
        penstock_curl_set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, Self.connectMilliseconds)
        penstock_curl_set_number(easy, CURLOPT_TIMEOUT_MS, Self.limitMilliseconds)
        penstock_curl_set_number(easy, CURLOPT_FORBID_REUSE, 1)
        penstock_curl_set_number(easy, CURLOPT_FRESH_CONNECT, 1)
        penstock_curl_set_pointer(easy, CURLOPT_READDATA, own)
        penstock_curl_set_read(easy) { buffer, size, count, own in
            guard let buffer, let own else { return Int(CURL_READFUNC_ABORT) }
            return Unmanaged<MailTransfer>.fromOpaque(own).takeUnretainedValue().give(
                UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        penstock_curl_set_pointer(easy, CURLOPT_HEADERDATA, own)
        penstock_curl_set_header(easy) { line, size, count, own in
            guard let line, let own else { return 0 }
            Unmanaged<MailTransfer>.fromOpaque(own).takeUnretainedValue().heard(
                UnsafeRawBufferPointer(start: line, count: size * count))
            return size * count
        }
        penstock_curl_set_pointer(easy, CURLOPT_WRITEDATA, own)
        penstock_curl_set_write(easy) { _, size, count, _ in size * count }
    }

    /// The next bytes of the message; 0 at its end alone.
    private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        if piece.isEmpty, !isWhole {
            do {
                piece = try stream.next()[...]
                isWhole = piece.isEmpty
            } catch {
                fault = error
                return Int(CURL_READFUNC_ABORT)
            }
        }
        let bytes = piece.prefix(buffer.count)
        buffer.copyBytes(from: bytes)
        piece = piece.dropFirst(bytes.count)
        given += Int64(bytes.count)
        // libcurl knows the size, and asks for no more than that.
        if given == size { isWhole = true }
        return bytes.count
    }

    /// A line of an answer: `250-…` is followed by another, `250 …` is the last.
    private func heard(_ line: UnsafeRawBufferPointer) {
        let text = String(decoding: line, as: UTF8.self)
        guard let code = Int(text.utf8.count >= 3 ? String(text.prefix(3)) : ""), text.dropFirst(3).first != "-" else {
            return
        }
        answers += 1
        let kept = text.prefix(300).map { $0.isASCII && !$0.isNewline && $0 >= " " ? $0 : " " }
        var trimmed = String(kept)
        while trimmed.last == " " { trimmed.removeLast() }
        let answer = Answer(code: code, text: trimmed, number: answers)
        if isWhole, verdict == nil { verdict = answer }
        // libcurl says QUIT after a refusal, which is answered 221.
        if code != 221 { refusal = code >= 400 ? answer : nil }
    }

    func end(_ easy: UnsafeMutableRawPointer, _ result: CURLcode) -> () -> Void {
        let outcome = outcome(result)
        return { [done] in done(outcome) }
    }

    private func outcome(_ result: CURLcode) -> DeliveryOutcome {
        if let fault {
            let isFinal = (fault as? MailFault)?.isFinal ?? false
            return DeliveryOutcome(
                status: nil, failure: (fault as? MailFault)?.description ?? "the file could not be read",
                retryAfter: nil, isFinal: isFinal)
        }
        // What was taken is taken, whatever became of the connection afterwards.
        let answer = verdict ?? refusal
        guard let answer, verdict != nil || result != CURLE_OK else {
            return DeliveryOutcome(status: nil, failure: reason(result), retryAfter: nil)
        }
        if verdict != nil, (200...299).contains(answer.code) {
            return DeliveryOutcome(status: answer.code, failure: nil, retryAfter: nil)
        }
        // A server that greets so, or takes no password, has not looked at the message.
        let isAboutUs = answer.number == 1 || result == CURLE_LOGIN_DENIED || result == CURLE_USE_SSL_FAILED
        return DeliveryOutcome(
            status: answer.code, failure: "answered \(answer.text)", retryAfter: nil,
            isFinal: answer.code >= 500 && !isAboutUs)
    }

    /// The server is the operator's own, so libcurl's words may be shown; they hold no password.
    private func reason(_ result: CURLcode) -> String {
        words.pointee != 0 ? String(cString: words) : String(cString: curl_easy_strerror(result))
    }
}

/// Why a file cannot be attached.
package struct MailFault: Error, CustomStringConvertible {
    package let description: String
    /// Whether no repetition would change it.
    package let isFinal: Bool

    package init(_ description: String, isFinal: Bool) {
        self.description = description
        self.isFinal = isFinal
    }
}
