import Catalog
import Postgres

/// Into which ranges an export is cut, and whether it is worth it.
///
/// The ranges are more than the workers: they finish at about the same time however uneven the ranges turn out, and what
/// is left to join when the last one ends is small.
struct PartPlan: Equatable {
    let ranges: [KeyRange]
    /// What the planner expects.
    let estimatedRows: Int

    /// Below this one worker is done before a second has its connection.
    static let smallestExport = 100_000
    /// A sample of so many rows puts bounds within a percent or two of where they belong.
    private static let sampleRows = 20_000.0
    private static let rangesPerWorker = 4

    /// - Returns: nil when the export is better done in one piece: few rows, a view (which cannot be sampled), or a
    ///   sample that gives no two ranges.
    static func make(
        _ compiled: CompiledExport, estimatedRows: Int, on connection: Connection, workers: Int
    ) throws(PostgresError) -> PartPlan? {
        guard workers > 1, estimatedRows >= smallestExport else { return nil }
        let bounds: Rows
        do {
            try connection.execute("SAVEPOINT plan")
            bounds = try connection.query(
                compiled.partition.bounds(
                    count: workers * rangesPerWorker,
                    samplePercent: min(100, max(0.01, 100 * sampleRows / Double(estimatedRows)))),
                "sample bounds")
        } catch {
            guard error.sqlState != nil, connection.isUsable else { throw error }
            try connection.execute("ROLLBACK TO SAVEPOINT plan")
            return nil
        }
        return PartPlan(bounds: bounds.first?.strings("bounds") ?? [], estimatedRows: estimatedRows)
    }

    /// Equal neighbours, which a value that is frequent makes, are one bound.
    init?(bounds: [String], estimatedRows: Int = 0) {
        self.estimatedRows = estimatedRows
        var distinct: [String] = []
        // A bound with a byte that is no character (SQL_ASCII) is not what the server compares by any more.
        guard !bounds.contains(where: { $0.contains("\u{FFFD}") }) else { return nil }
        for bound in bounds where bound != distinct.last { distinct.append(bound) }
        guard !distinct.isEmpty else { return nil }
        let firsts: [String?] = [nil] + distinct
        let ends: [String?] = distinct + [nil]
        ranges = zip(firsts, ends).map { KeyRange(first: $0, end: $1) }
    }
}
