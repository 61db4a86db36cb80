/// A source of rows whose snapshot several processes read.
struct SharedSource {
    let source: TableSource
    /// The session that keeps the snapshot, by the transaction that it leaves open.
    let keeper: SourceSession
    /// The snapshot's id, by which other sessions join it.
    let snapshot: String
}
