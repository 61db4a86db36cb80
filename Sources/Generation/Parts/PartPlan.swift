import Catalog
import Postgres

/// The ranges into which an export is cut, when that is faster than one piece.
///
/// There are more ranges than workers, so that the workers finish at about the same time even when the ranges turn out
/// uneven, and little is left to join when the last one ends.
struct PartPlan: Equatable {
    let ranges: [KeyRange]
    /// The rows that the server's planner expects.
    let estimatedRows: Int

    /// A sample of so many rows puts bounds within a percent or two of where they belong.
    private static let sampleRows = 20_000.0
    private static let rangesPerWorker = 4

    /// - Parameter fromRows: with fewer rows one worker is done before a second has its connection.
    /// - Returns: nil when the export is better done in one piece: few rows, a view (which cannot be sampled), a sample
    ///   that gives no two ranges, or values that cannot be written in a condition or do not come back from their text
    ///   in their order.
    /// - Throws: `PostgresError` when the connection is lost.
    static func make(
        _ compiled: CompiledExport, estimatedRows: Int, on connection: Connection, workers: Int, fromRows: Int
    ) throws(PostgresError) -> PartPlan? {
        guard workers > 1, estimatedRows >= fromRows, compiled.partition.canBeCut else { return nil }
        do {
            try connection.execute("SAVEPOINT plan")
            let sampled = try connection.query(
                compiled.partition.bounds(
                    count: workers * rangesPerWorker,
                    samplePercent: min(100, max(0.01, 100 * sampleRows / Double(estimatedRows)))),
                "sample bounds")
            let bounds = try inOrder(sampled.first?.strings("bounds") ?? [], compiled.partition, on: connection)
            return PartPlan(bounds: bounds, estimatedRows: estimatedRows)
        } catch {
            guard error.sqlState != nil, connection.isUsable else { throw error }
            try connection.execute("ROLLBACK TO SAVEPOINT plan")
            return nil
        }
    }

    /// The bounds as the conditions will read them: of those that are equal by the type's own comparison, the first.
    /// - Returns: an empty list when one comes before another that it should follow.
    /// - Throws: `PostgresError` when the server cannot compare the bounds.
    private static func inOrder(
        _ bounds: [String], _ partition: Partition, on connection: Connection
    ) throws(PostgresError) -> [String] {
        guard !bounds.isEmpty else { return [] }
        let ranks = try connection.query(partition.ranks(of: bounds.map { SortKey($0) }), "compare bounds").all
            .compactMap { $0.integer("rank") }
        guard ranks.count == bounds.count, ranks == ranks.sorted() else { return [] }
        return bounds.indices.filter { $0 == 0 || ranks[$0] != ranks[$0 - 1] }.map { bounds[$0] }
    }

    /// Equal neighbours, which a value that is frequent makes, are one bound.
    init?(bounds: [String], estimatedRows: Int = 0) {
        self.estimatedRows = estimatedRows
        var distinct: [String] = []
        // A bound with a byte that is no character (SQL_ASCII) has changed on its way here, and the server would
        // compare by another value.
        guard !bounds.contains(where: { $0.contains("\u{FFFD}") }) else { return nil }
        for bound in bounds where bound != distinct.last { distinct.append(bound) }
        guard !distinct.isEmpty else { return nil }
        let firsts: [String?] = [nil] + distinct
        let ends: [String?] = distinct + [nil]
        ranges = zip(firsts, ends).map { KeyRange(first: $0, end: $1) }
    }
}
