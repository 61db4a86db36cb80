import Coding
import Crypto
import HTTP
import Posix

/// Signs download links and checks them (HMAC-SHA256, keys derived for this purpose alone).
///
/// A valid link is a second factor beside the job's row, not instead of it: the code that serves the file still looks
/// at the row's tenant, state and expiry.
package struct LinkSigner: Sendable {
    /// Seconds. A link that reaches further into the future is refused whichever key signed it.
    package static let longestLifetime: Int64 = 3600

    /// The same for a link that was sent by e-mail, which says so and is signed by keys of its own.
    package static let longestMailedLifetime: Int64 = 2_592_000

    private let keys: [KeyRing.Entry]
    private let mailKeys: [KeyRing.Entry]

    package init(_ ring: KeyRing) {
        keys = ring.derived(for: "download-v1")
        mailKeys = ring.derived(for: "mailed-download-v1")
    }

    /// The three query parameters that make a link out of a URL.
    package func sign(_ link: DownloadLink) -> SignedQuery {
        let entry = link.mail == nil ? keys[0] : mailKeys[0]
        let code = HMAC<SHA256>.authenticationCode(for: link.canonicalBytes(kid: entry.kid), using: entry.key)
        return SignedQuery(
            expires: "\(link.expires)", kid: entry.kid, signature: Base64.encode(code, .url),
            mail: link.mail?.description)
    }

    /// The whole URL: `<publicURL>/report/files/<job>/<name>?expires=…&kid=…&sig=…`.
    package func url(for link: DownloadLink, publicURL: String) -> String {
        var base = publicURL[...]
        while base.hasSuffix("/") { base.removeLast() }
        return "\(base)\(link.path)?\(sign(link).text)"
    }

    /// Checks a request for a file.
    /// - Parameters:
    ///   - query: the parameters, percent-decoded and otherwise as they came.
    ///   - tenant: the job row's, as is `epoch`.
    ///   - fileName: the name from the URL's path, decoded. Compare it with the row's byte for byte: Swift's `==` takes
    ///     composed and decomposed letters for equal.
    ///   - part: from the URL's path, where the link is to a part.
    ///   - now: Unix time in seconds.
    /// - Throws: `forged` for every fault, unless the signature is right and only the time is over.
    package func verify(
        _ query: SignedQuery, tenant: String, job: UUID, epoch: Int, fileName: String, part: Int? = nil, now: Int64
    ) throws(LinkRefusal) {
        let mail = query.mail.flatMap { UUID($0) }
        let longest = mail == nil ? Self.longestLifetime : Self.longestMailedLifetime
        guard let expires = Self.seconds(query.expires), expires - now <= longest,
            query.mail == mail?.description, query.signature.utf8.count == 43,
            let code = Base64.decode(query.signature, .url)
        else { throw LinkRefusal(reason: .forged) }
        let link = DownloadLink(
            tenant: tenant, job: job, epoch: epoch, fileName: fileName, expires: expires, part: part, mail: mail)
        let keys = mail == nil ? keys : mailKeys
        // An unknown key is computed with as well, so that it takes as long as a known one.
        let named = keys.first { $0.kid.utf8.elementsEqual(query.kid.utf8) }
        let isValid = HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: link.canonicalBytes(kid: named?.kid ?? ""), using: (named ?? keys[0]).key)
        guard isValid, named != nil else { throw LinkRefusal(reason: .forged) }
        guard now < expires else { throw LinkRefusal(reason: .expired) }
    }

    /// A decimal number with one spelling: ASCII digits, no sign, no space, no leading zero, at most eleven of them.
    private static func seconds(_ text: String) -> Int64? {
        let digits = text.utf8
        guard (1...11).contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        else { return nil }
        return Int64(text)
    }
}

/// The parameters of a signed link, as they stand in a URL.
package struct SignedQuery: Sendable, Equatable {
    package let expires: String
    package let kid: String
    package let signature: String
    /// The message that the link was sent in; nil for a link that a caller was given.
    package let mail: String?

    package init(expires: String, kid: String, signature: String, mail: String? = nil) {
        self.mail = mail
        self.expires = expires
        self.kid = kid
        self.signature = signature
    }

    /// No byte of it needs percent-encoding.
    package var text: String {
        "expires=\(expires)&kid=\(kid)\(mail.map { "&mail=\($0)" } ?? "")&sig=\(signature)"
    }
}

/// A link that is not to be followed.
package struct LinkRefusal: Error, Equatable, CustomStringConvertible {
    /// `expired` is said only of links that we did sign.
    package enum Reason: String, Sendable { case forged, expired }
    package let reason: Reason

    package var description: String { reason == .expired ? "link_expired" : "invalid_signature" }
}
