import JSON
import Support

/// What a surface says of a job at one moment, told in words that all of them share.
struct Told: Equatable, Sendable, CustomStringConvertible {
    /// The surface's own word for the state.
    var word: String
    /// What it says beside the word, where it has something to say: "Cancelled", "Expired".
    var display: String?
    /// Whether it offers the file.
    var offersFile: Bool
    /// Its error text; nil when there is none.
    var error: String?
    /// Rows so far; nil where the surface does not count.
    var rows: Int?

    var description: String {
        "\(word)\(display.map { " (\($0))" } ?? "")\(offersFile ? " with file" : "")\(error.map { ": \($0)" } ?? "")"
    }
}

/// The names of one job.
struct JobNames: Sendable {
    let id: String
    let serial: String
    /// Of the finished file; empty before.
    var sha256 = ""
}

/// One API surface as the conformance suite drives it: the same questions and acts for all, in the words of each.
struct SurfaceView: Sendable {
    /// The surface's own.
    let name: String
    /// Prepares what has to be there first, and gives the act that makes the suite's job and tells its id; nil where
    /// jobs are not made.
    var make: (@Sendable (Client, Stage) throws -> () throws -> String)?
    /// The job asked for by itself; nil when the surface does not show it.
    var alone: (@Sendable (Client, JobNames) throws -> JSON?)?
    /// The job as it stands in the surface's list; nil when it does not.
    let listed: @Sendable (Client, JobNames) throws -> JSON?
    let told: @Sendable (JSON) -> Told
    /// What is to be said of a job in a state; nil where it is not shown.
    let expected: @Sendable (Moment) -> Told?
    /// Where the file is offered, as a path and query, and whether the caller's credential goes with it; nil where it
    /// is only named.
    var file: (@Sendable (Client, JobNames, Stage) throws -> (target: String, needsCredential: Bool))?
    /// Whether its jobs are re-exports, and those alone.
    var ofReexports = false
    /// What it says of the parts of a large export; nil where it says nothing of them.
    var parts: (@Sendable (Client, JobNames, Stage) throws -> PartsAnswer?)?
    /// Cancels what runs and gives the answer's status; nil where that cannot be done.
    var cancel: (@Sendable (Stage, JobNames) throws -> Int)?
}

/// A state of the engine's, with what else is known of the job at that moment.
struct Moment: Sendable {
    var state: String
    /// Rows of the whole file, once it is there.
    var rows: Int?
    /// The reason of a failure, as the engine stores it.
    var error: String?
    /// Whether the job is a re-export, which the Re-exports API tells of as well.
    var isReexport = false

    var isReady: Bool { state == "ready" }
}
