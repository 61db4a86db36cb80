import Coding
import Posix

/// The file that a signed link leads to. Tenant and epoch are not in the URL: the verifier takes them from the job's
/// row, so that a link ends with the attempt whose file it was made for.
package struct DownloadLink: Sendable {
    package let tenant: String
    package let job: UUID
    package let epoch: Int
    /// The human name, as it stands decoded in the URL's path.
    package let fileName: String
    /// Unix time in seconds; at this second the link is already over.
    package let expires: Int64
    /// Which part of a running export it leads to, from 1; nothing for the whole file.
    package let part: Int?
    /// The message in which it was sent by e-mail; nil for a link that a caller was given.
    package let mail: UUID?

    package init(
        tenant: String, job: UUID, epoch: Int, fileName: String, expires: Int64, part: Int? = nil, mail: UUID? = nil
    ) {
        self.part = part
        self.mail = mail
        self.tenant = tenant
        self.job = job
        self.epoch = epoch
        self.fileName = fileName
        self.expires = expires
    }

    /// The bytes that are signed: every field with its length in four bytes before it, so that no two links share them.
    func canonicalBytes(kid: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var fields = ["penstock-download-1", kid, "GET", tenant, "\(job)", "\(epoch)", fileName, "\(expires)"]
        if let part { fields += ["part", "\(part)"] }
        if let mail { fields += ["mail", "\(mail)"] }
        for field in fields {
            let count = UInt32(field.utf8.count)
            withUnsafeBytes(of: count.bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: field.utf8)
        }
        return bytes
    }

    /// The URL's path without its query: `/report/files/<job>/<name>`, or `/report/files/<job>/parts/<part>/<name>`;
    /// the name percent-encoded but for the unreserved characters of RFC 3986.
    package var path: String {
        "/report/files/\(job)\(part.map { "/parts/\($0)" } ?? "")/\(PercentCoding.encode(fileName))"
    }
}
