import Coding
import Crypto
import Posix
import Time

/// AWS Signature Version 4 for S3 ("Authenticating Requests", Amazon S3 API Reference).
///
/// libcurl can sign too (CURLOPT_AWS_SIGV4), but not for another's request, as nginx's is; so one form serves both.
package struct RequestSigner: Sendable {
    package let credentials: ObjectCredentials
    package let region: String

    /// In the place of a body's digest when the body is not known to the signer.
    package static let unsigned = "UNSIGNED-PAYLOAD"
    /// The digest of a body of no bytes.
    package static let empty = Array(SHA256.hash(data: [UInt8]())).hexadecimal

    package init(_ credentials: ObjectCredentials, region: String) {
        self.credentials = credentials
        self.region = region
    }

    /// The time in a signature: `20261128T203000Z`.
    package static func stamp(_ time: Timestamp = Timestamp(microseconds: Clock.wallMicroseconds)) -> String {
        time.rfc3339.filter { $0 != "-" && $0 != ":" }
    }

    /// Names and values encoded, then sorted by their bytes; a name without a value keeps its equals sign.
    package static func query(_ pairs: [(String, String)]) -> String {
        pairs.map { (PercentCoding.encode($0.0), PercentCoding.encode($0.1)) }
            .sorted { Array($0.0.utf8).lexicographicallyPrecedes(Array($1.0.utf8)) }
            .map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// The headers to send with a request besides `Host`.
    /// - Parameters:
    ///   - host: as it is sent, with a port that is not the scheme's.
    ///   - path: encoded.
    ///   - query: of `query`.
    ///   - headers: names in lower case; all of them are signed.
    ///   - payload: the body's SHA-256 in hexadecimal, or `unsigned`.
    package func headers(
        _ method: String, host: String, path: String, query: String = "", headers: [(String, String)] = [],
        payload: String = RequestSigner.empty, stamp: String = RequestSigner.stamp()
    ) -> [(String, String)] {
        var sent = headers + [("x-amz-content-sha256", payload), ("x-amz-date", stamp)]
        if let token = credentials.token { sent.append(("x-amz-security-token", token)) }
        let signed = (sent + [("host", host)]).sorted { $0.0 < $1.0 }
        let names = signed.map(\.0).joined(separator: ";")
        let canonical = ([method, path, query] + signed.map { "\($0):\(Self.trimmed($1))" } + ["", names, payload])
            .joined(separator: "\n")
        let day = String(stamp.prefix(8))
        let scope = "\(day)/\(region)/s3/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", stamp, scope, Array(SHA256.hash(data: Array(canonical.utf8))).hexadecimal,
        ].joined(separator: "\n")
        var key = SymmetricKey(data: Array("AWS4\(credentials.secret)".utf8))
        for step in [day, region, "s3", "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(step.utf8), using: key))
        }
        let signature = Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)).hexadecimal
        sent.append(
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.access)/\(scope),SignedHeaders=\(names),Signature=\(signature)"
            ))
        return sent
    }

    /// Without blanks at the ends, and with one in the place of several.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
