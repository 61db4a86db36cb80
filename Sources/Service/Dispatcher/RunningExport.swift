import Generation
import Glibc
import Jobs
import Posix

/// A child that works on a claim.
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
    /// The reading end of the pipe for its outcome; closed by `settlement`.
    let outcome: Int32
    var ending: Ending?

    /// What to tell the queue now that the child is gone. Called once.
    func settlement(_ exit: ChildExit) -> Settlement {
        let message = FileDescriptor(owning: outcome)
        switch ending {
        case .lost: return .abandon(claim)
        case .released: return .release(claim)
        case .stalled: return .retry(claim, code: "worker_stalled", summary: "The worker showed no life")
        case nil: break
        }
        // The pipe holds far more than an outcome's few hundred bytes, so the child never waited for a reader.
        let said = (try? message.readAll(limit: 1 << 20)).flatMap { Outcome($0) }
        guard case .exited(0) = exit.how, let said else {
            return .retry(claim, code: "worker_crashed", summary: "The worker \(exit)")
        }
        switch said {
        case .finished(let file): return .finish(claim, file)
        case .failed(let code, let summary): return .fail(claim, code: code, summary: summary)
        case .retry(let code, let summary): return .retry(claim, code: code, summary: summary)
        }
    }
}
