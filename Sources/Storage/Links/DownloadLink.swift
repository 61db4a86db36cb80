import Posix

/// What a signed link stands for. Tenant and epoch are not in the URL: whoever verifies takes them from the job's row,
/// so that a link dies with the attempt whose file it was made for.
package struct DownloadLink: Sendable {
    package let tenant: String
    package let job: UUID
    package let epoch: Int
    /// The human name, as it stands decoded in the URL's path.
    package let fileName: String
    /// Unix time in seconds; at this second the link is already over.
    package let expires: Int64

    package init(tenant: String, job: UUID, epoch: Int, fileName: String, expires: Int64) {
        self.tenant = tenant
        self.job = job
        self.epoch = epoch
        self.fileName = fileName
        self.expires = expires
    }

    /// The bytes that are signed: every field with its length in four bytes before it, so that no two links share them.
    func canonicalBytes(kid: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in ["penstock-download-1", kid, "GET", tenant, "\(job)", "\(epoch)", fileName, "\(expires)"] {
            let count = UInt32(field.utf8.count)
            withUnsafeBytes(of: count.bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: field.utf8)
        }
        return bytes
    }

    /// The URL's path without its query: `/report/files/<job>/<name>`, the name percent-encoded but for the unreserved
    /// characters of RFC 3986.
    package var path: String {
        var encoded: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in fileName.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return "/report/files/\(job)/" + String(decoding: encoded, as: UTF8.self)
    }
}
