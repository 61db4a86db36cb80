import Glibc

/// A place where it makes a difference whether a process dies on the next line. In a debug build a test can have the
/// process die there, stand still, wait, or fail.
///
/// The folder that PENSTOCK_FAILPOINTS names holds a file named as the place. Its content is the action: `kill`,
/// `stop`, `error`, or `delay` and milliseconds. The first process that comes by takes the file away and acts, so each
/// file acts once. A release build has neither the variable nor the actions; `make build` looks for the name in the
/// program.
package enum Failpoint: String, Sendable {
    // A responder.
    /// The job is committed and the answer is not sent.
    case jobCreated

    // A child that works on an export.
    /// The unfinished file has its name.
    case fileCreated
    /// The kept rows are published and the file is not.
    case rowsPublished
    /// The file is durable under the unfinished name.
    case fileSynced
    /// The file has its final name, which the next power cut may take.
    case fileRenamed
    /// The file is durable under its final name, and the dispatcher does not know.
    case filePublished
    /// The dispatcher knows, and the child has not ended.
    case outcomeTold

    // A dispatcher.
    /// The claim is committed and no child works on it.
    case claimed
    /// A child works on it, of which the dispatcher does not know yet.
    case forked
    /// The attempt is over and the queue does not know.
    case settling
    /// The files of an attempt that has failed are gone, and its row says that it runs.
    case filesDiscarded
    /// The row is ready and its kept rows are recorded, but not committed.
    case rowsKept
    /// The row is ready, and nothing else is done.
    case finished
    /// Jobs of a lost dispatcher are pending again, and the files of their attempts are there.
    case recovered

    // The process of the event streams.
    /// A change was heard, and no stream was told.
    case changeHeard

    // The housekeeper.
    /// A file is about to be removed, since nothing leads to it.
    case orphanFound
    /// A file whose time is over is removed, and its row does not say so.
    case fileDeleted

    /// Does what a test has asked for at this place; nothing in a release build.
    /// - Throws: `PosixError` (EIO) for `error`.
    package func reach() throws(PosixError) {
        #if DEBUG
            try act()
        #endif
    }

    #if DEBUG
        private static let folder = Host.environment("PENSTOCK_FAILPOINTS")

        private func act() throws(PosixError) {
            guard let folder = Self.folder else { return }
            let path = "\(folder)/\(rawValue)"
            // Of several processes that come by at once, the file is taken away by one.
            guard let bytes = try? File.bytes(at: path), (try? File.remove(path)) == true else { return }
            let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
            switch words.first {
            case "kill": raise(SIGKILL)
            case "stop": raise(SIGSTOP)
            case "delay": usleep(words.last.flatMap { UInt32($0) }.map { $0 * 1000 } ?? 0)
            case "error": throw PosixError("failpoint", errorNumber: EIO, subject: rawValue)
            default: preconditionFailure("\(path): kill, stop, error or delay is expected")
            }
        }
    #endif
}
