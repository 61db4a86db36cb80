import Configuration
import Generation
import JSON
import Jobs
import Posix
import Storage

/// A message of the dispatcher to the queue about an attempt: the events of its parts, or how it ended.
///
/// It is performed until the queue has answered: the connection may break between a commit and its answer, so each can
/// be repeated.
enum Settlement {
    case part(Claim, PartEvent)
    case finish(Claim, FinishedFile)
    case fail(Claim, ExportFailure)
    /// - milliseconds: before which it is not tried again.
    case retry(Claim, ExportFailure, milliseconds: Int64)
    /// The attempt says nothing of the job and does not count.
    case wait(Claim, ExportFailure, milliseconds: Int64)
    case release(Claim)
    /// The claim is another dispatcher's now; only the files of this attempt are left to be removed.
    case abandon(Claim)

    var claim: Claim {
        switch self {
        case .part(let claim, _), .finish(let claim, _), .fail(let claim, _), .retry(let claim, _, _),
            .wait(let claim, _, _), .release(let claim), .abandon(let claim):
            claim
        }
    }

    /// The settlement that takes this one's place when the queue refuses it: a job must not stay `processing` under a
    /// dispatcher that is alive and does nothing for it. The last resort tells the queue nothing and cannot be refused.
    /// Events of parts are for watchers alone and are dropped.
    var afterRefusal: Settlement? {
        switch self {
        case .part: nil
        case .finish(let claim, _), .retry(let claim, _, _), .wait(let claim, _, _), .release(let claim):
            .fail(claim, ExportFailure("internal_error", "The result could not be recorded"))
        case .fail(let claim, _), .abandon(let claim): .abandon(claim)
        }
    }

    /// In how many milliseconds there may be work again because of this, where that is not at once.
    var repeatsAfterMilliseconds: Int64? {
        switch self {
        case .retry(_, _, let milliseconds), .wait(_, _, let milliseconds): milliseconds
        default: nil
        }
    }

    /// The settlement of a job whose attempt has failed.
    static func failed(_ claim: Claim, _ failure: ExportFailure) -> Settlement {
        let job = claim.job
        return switch failure.recovery {
        case .none: .fail(claim, failure)
        case .wait: .wait(claim, failure, milliseconds: waiting.pause(after: job.waits + 1))
        case .resume where job.interruptions < mostInterruptions:
            .wait(claim, failure, milliseconds: waiting.pause(after: job.interruptions + 1))
        case .retry, .resume:
            // The first repetition comes at once: most crashes are not the job's fault.
            .retry(claim, failure, milliseconds: job.attempts <= 1 ? 0 : retrying.pause(after: job.attempts - 1))
        }
    }

    private static let waiting = Backoff(first: 1_000, longest: 120_000)
    private static let retrying = Backoff(first: 2_000, longest: 120_000)
    /// An export that is interrupted more often than that is probably the cause: it kills the server's process, or an
    /// operator or a limit ends queries that run for so long.
    static let mostInterruptions = 10

    /// - Parameter keepSeconds: how long a finished file is kept.
    /// - Throws: `PostgresError`; then it is to be performed again.
    func perform(_ queue: Queue, _ storage: any FileStore, keepSeconds: Int) throws {
        switch self {
        case .part(let claim, let event): try tell(queue, claim, event)
        case .finish(let claim, let file):
            let held = try queue.finish(claim, file, keepSeconds: keepSeconds)
            try? Failpoint.finished.reach()
            // The claim is not held: either an earlier try of this very finish was committed and its answer lost, or
            // the job was cancelled or run again. Only in the latter case no row names the file.
            if !held, try queue.publishedJob(id: claim.job.id)?.file?.storedPath != file.storedPath {
                Log.write(
                    .info, "finished too late",
                    [("job", .string(claim.job.id.description))] + Log.trace(claim.job.trace))
                discard(claim, storage)
            } else {
                // Nothing leads to its parts' files any more.
                if (file.receipt["parts"]?.int ?? 1) > 1 {
                    storage.discardParts(of: claim.attempt)
                }
                Log.write(
                    .info, "job ready",
                    [
                        ("job", .string(claim.job.id.description)), ("rows", .int(file.rows)),
                        ("bytes", .int(file.size)),
                    ] + Log.trace(claim.job.trace))
            }
        case .fail(let claim, let failure):
            discard(claim, storage)
            // When the claim is not held, the list of keys belongs to the attempt that holds it now.
            guard try queue.fail(claim, failure.attemptError) else { return }
            storage.discardFilterKeys(of: claim.job.id)
            log(.warning, "job failed", claim, failure)
        case .retry(let claim, let failure, let delay):
            discard(claim, storage)
            let state = try queue.retry(claim, afterMilliseconds: delay, failure.attemptError)
            if state == .failed { storage.discardFilterKeys(of: claim.job.id) }
            log(
                .warning, "attempt failed", claim, failure,
                [("attempt", .int(claim.job.attempts)), ("state", .string(state?.rawValue ?? "lost"))])
        case .wait(let claim, let failure, let delay):
            discard(claim, storage)
            let held = try queue.wait(
                claim, afterMilliseconds: delay, interrupted: failure.recovery == .resume, failure.attemptError)
            guard held else { return }
            log(.warning, "job waits", claim, failure, [("milliseconds", .int(delay))])
        case .release(let claim):
            discard(claim, storage)
            try queue.release(claim)
        case .abandon(let claim):
            discard(claim, storage)
        }
    }

    private func log(
        _ level: Log.Level, _ message: String, _ claim: Claim, _ failure: ExportFailure, _ more: [(String, JSON)] = []
    ) {
        Log.write(
            level, message,
            [
                ("job", .string(claim.job.id.description)), ("code", .string(failure.code)),
                ("summary", .string(failure.summary)), ("sqlstate", .string(orNull: failure.sqlState)),
                ("cause", .string(failure.cause)),
            ] + more + Log.trace(claim.job.trace))
    }

    private func tell(_ queue: Queue, _ claim: Claim, _ event: PartEvent) throws {
        switch event {
        case .planned(let bounds): try queue.planParts(claim, bounds: bounds)
        case .counted(let rows): try queue.countParts(claim, rows: rows)
        case .started(let number): try queue.startPart(claim, number: number)
        case .ready(let number, let rows, let file):
            try queue.finishPart(claim, number: number, rows: rows, file: file)
        }
    }

    /// Removes the files that the attempt left on the disk. A file that cannot be removed now is an orphan for the next
    /// sweep.
    private func discard(_ claim: Claim, _ storage: any FileStore) {
        storage.discard(claim.attempt)
        try? Failpoint.filesDiscarded.reach()
    }
}
