import Catalog
import Formats
import Posix
import Postgres

/// One export from the first statement to the last byte, wherever the bytes go: a job's file or a command's output.
///
///     TableQuery ─begin─▶ TableSource ──rows──▶ RowFile of the request's format ──bytes──▶ sink
///                    │            or, when it is large, parts of it by `Conductor`
///                    └ after 1 s: count(*) on a second connection, same snapshot ─▶ total
package struct Export {
    private let query: TableQuery
    private let rendering: Rendering
    private let report: ReportContext
    private let parts: PartSettings
    private let observer: any ExportObserver

    /// The facts about a report, besides its rows, that annexes and kept rows hold.
    package struct ReportContext {
        let description: ReportDescription
        let tenant: String
        /// The request behind it; nil for a file that no job makes.
        let origin: Provenance.Origin?
        /// In which zone the days of the request's period begin and end.
        let zone: String

        package init(
            _ description: ReportDescription, tenant: String, origin: Provenance.Origin? = nil, zone: String
        ) {
            self.description = description
            self.tenant = tenant
            self.origin = origin
            self.zone = zone
        }
    }

    package init(
        _ query: TableQuery, _ rendering: Rendering, _ report: ReportContext, _ parts: PartSettings,
        observer: any ExportObserver
    ) {
        self.query = query
        self.rendering = rendering
        self.report = report
        self.parts = parts
        self.observer = observer
    }

    /// - Parameters:
    ///   - session: of the users' database, outside a transaction.
    ///   - sink: takes the file's bytes in order; they are valid only inside the call.
    ///   - rowsSink: takes the kept rows; nil when they are not kept.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    package consuming func run(
        on session: SourceSession, sink: @escaping ByteSink, rowsSink: ByteSink? = nil
    ) throws -> ExportSummary {
        let observer = observer
        let began = Clock.monotonicMilliseconds
        let (source, snapshot) = try ExportFailure.reaching { try query.begin(session, exporting: true) }
        observer.reached()
        let provenance = try provenance(
            session, source, snapshot, isWanted: rendering.request.includeAnnexes || rowsSink != nil)
        if let provenance {
            observer.counted(provenance.summary.rows)
            if let rowsSink { try RowKeeper.head(provenance).withUnsafeBytes { try rowsSink($0) } }
        }
        let table = rendering.table(source.compiled.columns, title: report.description.label, provenance)
        let estimate = try source.estimatedRows(session, mayBeCut: parts.workers > 1)
        let labelled = try source.labelled(session, estimatedRows: estimate) { observer.progress(0) }

        let made: (rows: Int64, tally: FileTally)
        let plan = try plan(session, source, snapshot, estimatedRows: estimate)
        if let plan, let exported = snapshot.exportedID {
            let format = try rendering.variant.parts(of: table) {
                try source.firstRows(plan, on: session) { observer.progress(0) }
            }
            made = try Conductor(
                SharedSource(source: labelled, keeper: session, snapshot: exported), plan, format, parts,
                countedRows: provenance?.summary.rows, countsRanges: !rendering.request.includeAnnexes,
                observer: observer, sink: sink, rowsSink: rowsSink
            ).run()
        } else {
            let rows = TableRows(
                labelled, session, snapshot, keeper: rowsSink.map { RowKeeper(sink: $0) }, began: began,
                countsRows: provenance == nil, observer: observer)
            made = try rendering.file(of: table, from: rows, sink: sink)
        }
        observer.progress(made.rows)
        return ExportSummary(
            rows: made.rows, parts: plan?.ranges.count ?? 1, tally: made.tally,
            filter: try source.filterTally(session) { observer.progress(made.rows) }, snapshotAt: snapshot.takenAt,
            milliseconds: Clock.monotonicMilliseconds - began)
    }

    /// nil when it is made in one piece.
    /// - Throws: `PostgresError` when the connection is lost.
    private func plan(
        _ session: SourceSession, _ source: TableSource, _ snapshot: SourceSession.Snapshot, estimatedRows: Int
    ) throws(PostgresError) -> PartPlan? {
        guard snapshot.exportedID != nil else { return nil }
        return try PartPlan.make(
            source.compiled, estimatedRows: estimatedRows, on: session.connection, workers: parts.workers,
            fromRows: parts.fromRows)
    }

    /// The content of the annexes; nil where they are not wanted. Making it counts the rows, so that they need not be
    /// counted again.
    /// - Throws: `ExportFailure`, `PostgresError`.
    private func provenance(
        _ session: SourceSession, _ source: TableSource, _ snapshot: SourceSession.Snapshot, isWanted: Bool
    ) throws -> Provenance? {
        guard isWanted else { return nil }
        return Provenance(
            description: report.description.knowing(source.compiled.columns), tenant: report.tenant,
            origin: report.origin, zone: report.zone, rowsZone: rendering.request.timezone,
            snapshotAt: snapshot.takenAt, summary: try session.summary(source.compiled) { observer.progress($0) })
    }
}
