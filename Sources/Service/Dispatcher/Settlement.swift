import Configuration
import Generation
import JSON
import Jobs
import Posix
import Storage

/// What a dispatcher has to tell the queue about an attempt: what happened to its parts, and how it ended.
///
/// Performed as often as it takes: the connection may break between a commit and its answer, so each is written to be
/// repeated.
enum Settlement {
    case part(Claim, PartEvent)
    case finish(Claim, FinishedFile)
    case fail(Claim, code: String, summary: String)
    case retry(Claim, code: String, summary: String)
    case release(Claim)
    /// The claim is not ours any more; only what lies on the disk is.
    case abandon(Claim)

    var claim: Claim {
        switch self {
        case .part(let claim, _), .finish(let claim, _), .fail(let claim, _, _), .retry(let claim, _, _),
            .release(let claim), .abandon(let claim):
            claim
        }
    }

    /// What to tell instead when the queue would not take this: a job must not stay `processing` under a dispatcher that
    /// is alive and does nothing for it. The last resort is to say nothing, which cannot be refused. What happened to
    /// parts is for watchers alone: nothing is told instead.
    var afterRefusal: Settlement? {
        switch self {
        case .part: nil
        case .finish(let claim, _), .retry(let claim, _, _), .release(let claim):
            .fail(claim, code: "internal_error", summary: "The result could not be recorded")
        case .fail(let claim, _, _), .abandon(let claim): .abandon(claim)
        }
    }

    /// In how many seconds there may be work again because of this, where that is not at once.
    var repeatsAfterSeconds: Int? {
        if case .retry(let claim, _, _) = self { Self.delay(after: claim.job.attempts) } else { nil }
    }

    /// The first repetition comes at once: most crashes are not the job's fault. Later ones wait 2, 4, 8 … s.
    private static func delay(after attempts: Int) -> Int {
        attempts <= 1 ? 0 : min(300, 1 << min(attempts - 1, 8))
    }

    func perform(_ queue: Queue, _ storage: borrowing StorageFolder, _ configuration: Configuration) throws {
        switch self {
        case .part(let claim, let event): try tell(queue, claim, event)
        case .finish(let claim, let file):
            let held = try queue.finish(claim, file, keepSeconds: configuration.retentionDays * 86_400)
            // Not held: either an earlier try of this very finish was committed and its answer lost, or the job was
            // cancelled or run again. Only in the latter case the file is nobody's.
            if !held, try queue.publishedJob(id: claim.job.id)?.file?.storedPath != file.storedPath {
                Log.info("finished too late", ("job", .string(claim.job.id.description)))
                discard(claim, storage)
            } else {
                // Nothing leads to its parts' files any more.
                if (file.receipt["parts"]?.int ?? 1) > 1 {
                    storage.discardParts(job: claim.job.id, epoch: claim.job.epoch)
                }
                Log.info(
                    "job ready", ("job", .string(claim.job.id.description)), ("rows", .int(file.rows)),
                    ("bytes", .int(file.size)))
            }
        case .fail(let claim, let code, let summary):
            discard(claim, storage)
            try queue.fail(claim, code: code, summary: summary)
            Log.warning(
                "job failed", ("job", .string(claim.job.id.description)), ("code", .string(code)),
                ("summary", .string(summary)))
        case .retry(let claim, let code, let summary):
            discard(claim, storage)
            let state = try queue.retry(
                claim, afterSeconds: Self.delay(after: claim.job.attempts), code: code, summary: summary)
            Log.warning(
                "attempt failed", ("job", .string(claim.job.id.description)), ("attempt", .int(claim.job.attempts)),
                ("code", .string(code)), ("summary", .string(summary)), ("state", .string(state?.rawValue ?? "lost")))
        case .release(let claim):
            discard(claim, storage)
            try queue.release(claim)
        case .abandon(let claim):
            discard(claim, storage)
        }
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

    /// Removes what the attempt left on the disk. What cannot be removed now is an orphan for the next sweep.
    private func discard(_ claim: Claim, _ storage: borrowing StorageFolder) {
        storage.discard(job: claim.job.id, epoch: claim.job.epoch)
    }
}
