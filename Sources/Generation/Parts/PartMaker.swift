import Formats
import Jobs
import Posix

/// Makes single parts of an export: each in a worker that it forks, or in this process.
struct PartMaker {
    let shared: SharedSource
    let format: any PartFormat
    let settings: PartSettings
    let processes: PartProcesses
    /// Has the parts' files.
    let stream: PartStream
    /// Has the files of their kept rows; nil when rows are not kept.
    let rowsStream: PartStream?
    let estimatedRows: Int
    /// Monotonic milliseconds at which the parts were begun.
    let began: Int64

    /// Begins a part in a worker.
    /// - Throws: `PosixError` when there is no file, pipe or process to be had.
    func fork(_ index: Int, of table: PartTable) throws {
        let output = try stream.open(index)
        let rowsOutput = try rowsStream?.open(index)
        let worker = worker(index, of: table)
        try processes.fork(index, keeping: [output] + (rowsOutput.map { [$0] } ?? [])) {
            var result = try worker.run(output: output, rowsOutput: rowsOutput) { processes.show($0, of: index) }
            result.file = publish(worker, of: table, output: output)
            return result
        }
    }

    /// Makes a part in this process, on the keeper's connection.
    /// - Parameter progress: called several times a second, after the part's rows have been shown.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    func make(_ index: Int, of table: PartTable, progress: @escaping () -> Void) throws -> PartWorker.Result {
        let output = try stream.open(index)
        let rowsOutput = try rowsStream?.open(index)
        let worker = worker(index, of: table)
        var result = try worker.run(on: shared.keeper, output: output, rowsOutput: rowsOutput) { rows in
            processes.show(rows, of: index)
            progress()
        }
        result.file = publish(worker, of: table, output: output)
        return result
    }

    private func worker(_ index: Int, of table: PartTable) -> PartWorker {
        PartWorker(
            source: shared.source, format: format, snapshot: shared.snapshot, index: index,
            range: table.range(of: index), rows: table.rows(of: index), isFirst: table.isFirst(index))
    }

    /// In the part's own process: gives the part a file of its own where the rest of the export is expected to take
    /// long enough. The export does without that file when it cannot be made.
    private func publish(_ worker: PartWorker, of table: PartTable, output: Int32) -> JobPart.File? {
        guard let publication = settings.publication,
            publication.isWorthwhile(
                done: processes.rows, of: table.countedRows ?? Int64(estimatedRows),
                after: Clock.monotonicMilliseconds - began)
        else { return nil }
        return try? publication.publish(
            worker.index, of: table.count, output: output, format, firstRow: worker.rows.lowerBound)
    }
}
