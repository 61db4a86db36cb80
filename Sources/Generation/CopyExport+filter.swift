import Catalog
import JSON

/// What a filter file adds to an export: its keys in each session, and what the receipt says of them.
extension CopyExport {
    /// Begins the transaction of a session, with the keys in it where the request has a list.
    func beginning<Value>(
        _ session: SourceSession, _ begin: (SourceSession.Access) throws -> Value
    ) throws -> Value {
        guard let table = compiled.filter else { return try begin(.readOnly) }
        guard let filter else { throw ExportFailure("filter_file_missing", "The filter file is not there any more") }
        return try filter.load(into: session, table, begin: begin)
    }

    /// Called in the export's transaction, when its rows have been read.
    /// - Parameter tick: called several times a second while the server counts.
    func filterTally(_ session: SourceSession, tick: () -> Void) throws -> FilterKeys.Tally? {
        guard let table = compiled.filter, let filter else { return nil }
        return try filter.tally(session, table, tick: tick)
    }
}

extension FilterKeys.Tally {
    /// The members of the receipt and of a preview, in their order.
    package var members: [(String, JSON)] {
        [
            ("filterKeys", .int(keys)), ("filterKeysDistinct", .int(distinct)),
            ("filterKeysUnmatched", .int(unmatched)),
            (
                "filterKeysUnmatchedFirst",
                .array(first.map { ["key": .string($0.key), "line": .int(orNull: $0.line)] })
            ),
        ]
    }
}
