/// The states of a job, as stored.
///
///     pending ⇄ processing → ready → expired
///        └──────────┴→ cancelled        processing → failed
package enum JobState: String, Sendable, CaseIterable {
    case pending, processing, ready, failed, cancelled, expired

    /// Whether the job can still become something else by itself or be cancelled.
    package var isActive: Bool { self == .pending || self == .processing }
}
