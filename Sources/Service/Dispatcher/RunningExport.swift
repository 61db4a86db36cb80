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
    /// The reading end of the pipe of its messages, which does not block; -1 once its end was read.
    private(set) var pipe: Int32
    var ending: Ending?
    /// Whether the source has answered it.
    private(set) var hasReached = false
    /// How it ended, as it says itself.
    private var said: Outcome?
    /// What has been read of a line that is not whole yet.
    private var line: [UInt8] = []

    init(claim: Claim, slot: Int, pipe: Int32) {
        self.claim = claim
        self.slot = slot
        self.pipe = pipe
    }

    /// Takes what the child has said since the last call, up to the pipe's end where it has ended.
    /// - Returns: what happened to its parts.
    mutating func listen() -> [PartEvent] {
        var events: [PartEvent] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while pipe >= 0 {
            let count = read(pipe, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                return events
            }
            if count == 0 {
                close(pipe)
                pipe = -1
            }
            line += chunk[..<count]
            while let end = line.firstIndex(of: UInt8(ascii: "\n")) {
                switch ChildMessage(line[..<end]) {
                case .reached: hasReached = true
                case .part(let event): events.append(event)
                case .outcome(let outcome): said = outcome
                case nil: break
                }
                line.removeSubrange(...end)
            }
        }
        return events
    }

    /// What to tell the queue now that the child is gone. Called once, after `listen`.
    func settlement(_ exit: ChildExit) -> Settlement {
        switch ending {
        case .lost: return .abandon(claim)
        case .released: return .release(claim)
        case .stalled: return .failed(claim, ExportFailure("worker_stalled", "The worker showed no life", .retry))
        case nil: break
        }
        guard case .exited(0) = exit.how, let said else {
            return .failed(claim, ExportFailure("worker_crashed", "The worker \(exit)", .retry))
        }
        switch said {
        case .finished(let file): return .finish(claim, file)
        case .failed(let failure): return .failed(claim, failure)
        }
    }
}
