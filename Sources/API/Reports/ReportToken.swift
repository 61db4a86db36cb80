import Jobs
import Posix
import Storage

/// Names a report on the Reports API, sealed for one tenant: its `encrypted_id`, or the token of a download link, which
/// is the same with an expiry.
struct ReportToken: Equatable {
    /// Seconds that a download link's token is good for.
    static let linkSeconds: Int64 = 3600

    let job: UUID
    /// Unix time in seconds; 0 lasts as long as the report.
    let expires: Int64

    func sealed(by sealer: TokenSealer, tenant: String) throws -> String {
        try sealer.seal(
            Self.bytes(job.high) + Self.bytes(job.low) + Self.bytes(UInt64(expires)), for: .report, context: [tenant])
    }

    init(job: UUID, expires: Int64 = 0) {
        self.job = job
        self.expires = expires
    }

    /// nil when the text was not sealed for this tenant.
    init?(_ text: String, openedBy sealer: TokenSealer, tenant: String) {
        guard let bytes = sealer.open(text, for: .report, context: [tenant]), bytes.count == 24 else { return nil }
        job = UUID(high: Self.word(bytes[0..<8]), low: Self.word(bytes[8..<16]))
        expires = Int64(Self.word(bytes[16..<24]))
    }

    func isOver(now: Int64) -> Bool { expires != 0 && now >= expires }

    static func bytes(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }

    static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
