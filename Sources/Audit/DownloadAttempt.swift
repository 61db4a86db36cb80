import Posix

/// One attempt to download, whatever came of it, or a call by an id that names no job of the caller's.
package struct DownloadAttempt: Sendable {
    /// Which way the attempt came: a surface, by its name.
    package struct Via: RawRepresentable, Sendable, Equatable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// A signed link.
        package static let link = Via(rawValue: "link")
    }

    package var tenant: String?
    package var job: UUID?
    package var subject: String?
    package var via: Via
    /// e.g. "granted", "forged", "expired", "not_ready", "unknown_id"
    package var outcome: String
    package var status: Int
    package var remoteAddress: String?
    package var userAgent: String?
    package var range: String?
    package var requestID: String?

    package init(
        tenant: String?, job: UUID?, subject: String?, via: Via, outcome: String, status: Int, remoteAddress: String?,
        userAgent: String?, range: String?, requestID: String?
    ) {
        self.tenant = tenant
        self.job = job
        self.subject = subject
        self.via = via
        self.outcome = outcome
        self.status = status
        self.remoteAddress = remoteAddress
        self.userAgent = userAgent
        self.range = range
        self.requestID = requestID
    }
}
