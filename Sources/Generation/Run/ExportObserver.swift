/// Watches an export while it runs: for the job's own process, or for the command.
package protocol ExportObserver: AnyObject {
    /// Called once, when the source has answered.
    func reached()
    /// Called several times a second: rows so far.
    func progress(_ rows: Int64)
    /// Called once, when the rows have been counted.
    func counted(_ rows: Int64)
    /// Called before a whole file is made durable, which takes as long as the disk needs for all that it has not
    /// written yet.
    func publishing()
    /// Called for each event of the parts.
    func part(_ event: PartEvent)
    /// How many processes may make the export right now, beside the host's other exports; asked before each fork.
    var workers: Int { get }
}

extension ExportObserver {
    package func reached() {}
    package func publishing() {}
    package func part(_ event: PartEvent) {}
    package var workers: Int { .max }
}
