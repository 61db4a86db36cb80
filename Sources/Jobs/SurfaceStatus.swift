// The words of the surfaces that have others for the states than the table has; `JobState` says which state has which.

/// The four words of the Recent API, which says the rest in `status_display`.
package enum RecentStatus: String, CaseIterable, Sendable {
    case pending, processing, completed, failed
}

/// The words of the Records API.
package enum RecordStatus: String, CaseIterable, Sendable {
    case waiting, processing, completed, failed, cancelled
}

/// The words of the Re-exports API.
package enum ReexportStatus: String, CaseIterable, Sendable {
    case pending, processing, completed, failed, cancelled
}
