import Storage

/// When and by how many processes an export is made in parts, and where the parts lie.
package struct PartSettings {
    /// How many processes may make it at the same time, at most.
    let workers: Int
    /// From how many expected rows on it is made in parts.
    let fromRows: Int
    /// Where parts lie while they are joined.
    let scratch: ScratchSpace
    /// Where finished parts may be given files of their own; nil where they are not.
    let publication: PartPublication?

    package init(workers: Int, fromRows: Int, scratch: ScratchSpace, publication: PartPublication? = nil) {
        self.workers = workers
        self.fromRows = fromRows
        self.scratch = scratch
        self.publication = publication
    }
}
