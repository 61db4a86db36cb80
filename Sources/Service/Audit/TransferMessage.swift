import JSON
import Posix

/// One line of nginx's access log of the internal location, as it arrives over the syslog socket (RFC 3164):
///
///     <190>Nov 25 04:30:00 penstock: {"request_id":"…","uri":"/_penstock_files/e5/….csv","status":"206", …}
///
/// The format is `penstock_transfer` of nginx/penstock-http.conf; escape=json makes each value a JSON string.
struct TransferMessage {
    /// As `record_transfers` takes it.
    let json: JSON
    /// Whether it only announces a download (nginx/penstock.conf): a message that is there to be lost where nginx has
    /// to connect anew.
    let isAnnouncement: Bool

    private static let announcedURI = "/_penstock_files/-/announced"
    /// As much of a Range as is kept, in characters; `record_transfers` has the same.
    private static let rangeLength = 256
    /// Of a transfer; in seconds, so that its milliseconds are a number that can be told.
    private static let longest: Int64 = 1 << 40

    /// - Returns: nil for anything else.
    init?(_ datagram: [UInt8]) {
        // The client chooses a header's bytes: bytes that are not UTF-8 must not keep the transfer out of the audit.
        guard let brace = datagram.firstIndex(of: UInt8(ascii: "{")),
            case let line = String(decoding: datagram[brace...], as: UTF8.self),
            let object = try? JSON.parse(Array(line.utf8), limits: .request).object
        else { return nil }
        func text(_ name: String) -> String { object[name]?.string ?? "" }
        isAnnouncement = text("uri") == Self.announcedURI
        guard case let id = text("request_id"), (1...128).contains(id.utf8.count),
            let status = Int(text("status")), (100...999).contains(status),
            let bytes = Int64(text("bytes")), bytes >= 0, let milliseconds = Self.milliseconds(text("seconds")),
            case let method = text("method"), (1...32).contains(method.utf8.count)
        else { return nil }
        // nginx takes an answer that an object store has cut for complete.
        let isCut = method != "HEAD" && Int64(text("of")).map { bytes < $0 } ?? false
        let range = String(String.UnicodeScalarView(text("range").unicodeScalars.prefix(Self.rangeLength)))
        json = [
            "request_id": .string(id), "job": .string(orNull: Self.job(text("uri"))), "method": .string(method),
            "status": .int(status), "bytes": .int(bytes), "range": .string(orNull: range.isEmpty ? nil : range),
            "ms": .int(milliseconds), "completed": .bool(text("completion") == "OK" && !isCut),
            "from": .string(text("from")),
        ]
    }

    /// `1.234` as nginx writes `$request_time`.
    private static func milliseconds(_ seconds: String) -> Int64? {
        let parts = seconds.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 3, let whole = Int64(parts[0]), let rest = Int64(parts[1]),
            (0...longest).contains(whole), rest >= 0
        else { return nil }
        return whole * 1000 + rest
    }

    /// The job in `/_penstock_files/<shard>/<job>.<epoch>-<claim>.<ending>`.
    private static func job(_ uri: String) -> String? {
        let name = uri.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
        return UUID(name)?.description
    }
}
