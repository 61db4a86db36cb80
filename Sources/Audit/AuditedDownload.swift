import Time

/// An attempt as the audit keeps it.
package struct AuditedDownload: Sendable {
    package let at: Timestamp
    package let attempt: DownloadAttempt
    /// The bytes that nginx has sent for it; nil as long as nginx has not reported them.
    package let transfer: SentTransfer?
}

/// The answer that nginx has sent to a download that was granted.
package struct SentTransfer: Sendable {
    package let method: String
    /// nginx's answer.
    package let status: Int
    package let bytes: Int64
    package let milliseconds: Int64
    /// Whether the client has taken all of the answer.
    package let isCompleted: Bool

    /// One word for people: `complete`, `range`, `cut`, `head`, `not_modified`, `precondition_failed`, `range_refused`,
    /// or the status. Only what is sent of a file can be cut; nginx closes the connection after an error of its own.
    package var kind: String {
        switch status {
        case 304: return "not_modified"
        case 412: return "precondition_failed"
        case 416: return "range_refused"
        default: break
        }
        if !isCompleted { return "cut" }
        if method == "HEAD" { return "head" }
        return switch status {
        case 200: "complete"
        case 206: "range"
        default: "\(status)"
        }
    }
}
