// The words of the surfaces that have others for the states than the table has; `JobState` says which state has which.

/// The four words of the Recent API, which says the rest in `status_display`.
package enum RecentStatus: String, CaseIterable, Sendable {
    case pending, processing, completed, failed
}

/// The words of the Records API.
package enum RecordStatus: String, CaseIterable, Sendable {
    case waiting, processing, completed, failed, cancelled

    package init(_ state: JobState) { self = state.recordStatus }

    /// The states that it stands for.
    package var states: [JobState] { JobState.allCases.filter { $0.recordStatus == self } }
}

/// The words of the Re-exports API.
package enum ReexportStatus: String, CaseIterable, Sendable {
    case pending, processing, completed, failed, cancelled

    package init(_ state: JobState) { self = state.reexportStatus }

    /// The states that it stands for.
    package var states: [JobState] { JobState.allCases.filter { $0.reexportStatus == self } }
}
