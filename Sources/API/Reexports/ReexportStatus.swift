import Jobs

/// The states as the Re-exports API names them.
enum ReexportStatus: String, CaseIterable {
    case pending, processing, completed, failed, cancelled

    init(_ state: JobState) {
        switch state {
        case .pending: self = .pending
        case .processing: self = .processing
        case .ready, .expired: self = .completed
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        }
    }

    var states: [JobState] { JobState.allCases.filter { ReexportStatus($0) == self } }
}
