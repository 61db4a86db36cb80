/// The states of a job, as stored; docs/job-states.md names the process that decides each transition.
///
///     pending ⇄ processing → ready → expired
///        └──────────┴→ cancelled        processing → failed
///
/// A trait that several states have in common is a property here, and `job_states` says the same in the database
/// (sql/migrations/021_define_states.sql): no other file lists states. A state that takes part in a transition is named
/// where that transition is made.
package enum JobState: String, Sendable, CaseIterable {
    case pending, processing, ready, failed, cancelled, expired

    /// One row a state.
    private var row: Row {
        switch self {
        case .pending: Row([.isOpen, .holdsFilter], recent: (.pending, "Pending"), .waiting, .pending)
        case .processing: Row([.isOpen, .holdsFilter], recent: (.processing, "Processing"), .processing, .processing)
        case .ready:
            Row([.holdsFile, .mayHoldRows, .holdsFilter], recent: (.completed, "Completed"), .completed, .completed)
        case .failed: Row([.mayHoldRows], recent: (.failed, "Failed"), .failed, .failed)
        case .cancelled: Row([], recent: (.failed, "Cancelled"), .cancelled, .cancelled)
        case .expired: Row([.holdsFile, .mayHoldRows], recent: (.completed, "Expired"), .completed, .completed)
        }
    }

    /// The job is not over: it waits or runs, counts among its tenant's queued jobs, and can be cancelled.
    package var isOpen: Bool { row.traits.contains(.isOpen) }
    package var isEnded: Bool { !isOpen }
    /// There is a whole receipt, and a file until it is deleted.
    package var holdsFile: Bool { row.traits.contains(.holdsFile) }
    /// Rows of the report may be kept beside its file.
    package var mayHoldRows: Bool { row.traits.contains(.mayHoldRows) }
    /// The uploaded list of keys is kept, and a later request may name it.
    package var holdsFilter: Bool { row.traits.contains(.holdsFilter) }
    /// The file can be downloaded.
    package var isDownloadable: Bool { self == .ready }

    /// Its word in the Recent API, and the text that is shown to people.
    package var recentName: (status: RecentStatus, display: String) { row.recent }
    package var recordStatus: RecordStatus { row.record }
    package var reexportStatus: ReexportStatus { row.reexport }

    /// The states that a word of the Records API stands for.
    package static func states(shownAs status: RecordStatus) -> [JobState] {
        allCases.filter { $0.recordStatus == status }
    }

    /// The states that a word of the Re-exports API stands for.
    package static func states(shownAs status: ReexportStatus) -> [JobState] {
        allCases.filter { $0.reexportStatus == status }
    }

    private struct Row {
        let traits: Traits
        let recent: (RecentStatus, String)
        let record: RecordStatus
        let reexport: ReexportStatus

        init(_ traits: Traits, recent: (RecentStatus, String), _ record: RecordStatus, _ reexport: ReexportStatus) {
            self.traits = traits
            self.recent = recent
            self.record = record
            self.reexport = reexport
        }
    }

    private struct Traits: OptionSet {
        let rawValue: Int
        static let isOpen = Traits(rawValue: 1), holdsFile = Traits(rawValue: 2), mayHoldRows = Traits(rawValue: 4)
        static let holdsFilter = Traits(rawValue: 8)
    }
}
