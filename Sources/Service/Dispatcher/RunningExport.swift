import Generation
import Jobs
import Posix

/// A child that works on a claim: its messages, why it was ended, and the settlement that follows for the job.
struct RunningExport {
    /// Why the dispatcher ended the child itself.
    enum Ending {
        /// The claim is gone: cancelled, or taken over.
        case lost
        /// The service stops; the job goes back unharmed.
        case released
        /// The child showed no life.
        case stalled
    }

    let claim: Claim
    /// Its place on the progress board.
    let slot: Int
    var ending: Ending?
    /// Whether the source has answered it.
    private(set) var hasReached = false
    /// How it ended, as it says itself.
    private var outcome: Outcome?
    /// The beginning of a line that is not complete yet.
    private var line: [UInt8] = []

    init(claim: Claim, slot: Int) {
        self.claim = claim
        self.slot = slot
    }

    /// Takes bytes that the child has written; a message may come in pieces.
    /// - Returns: the events of its parts.
    mutating func take(_ bytes: [UInt8]) -> [PartEvent] {
        var events: [PartEvent] = []
        line += bytes
        while let end = line.firstIndex(of: UInt8(ascii: "\n")) {
            switch ChildMessage(line[..<end]) {
            case .reached: hasReached = true
            case .part(let event): events.append(event)
            case .outcome(let outcome): self.outcome = outcome
            case nil: break
            }
            line.removeSubrange(...end)
        }
        return events
    }

    /// The settlement for the queue when the child is gone. Called once, after all bytes that it wrote were taken.
    func settlement(_ exit: ChildExit) -> Settlement {
        switch ending {
        case .lost: return .abandon(claim)
        case .released: return .release(claim)
        case .stalled: return .failed(claim, ExportFailure("worker_stalled", "The worker showed no life", .retry))
        case nil: break
        }
        guard case .exited(0) = exit.how, let outcome else {
            return .failed(claim, ExportFailure("worker_crashed", "The worker \(exit)", .retry))
        }
        switch outcome {
        case .finished(let file): return .finish(claim, file)
        case .failed(let failure): return .failed(claim, failure)
        }
    }
}
