import Catalog
import Deflate
import Encoding

/// Compressed CSV: whole gzip members are made by the parts, those that two parts share where they are joined.
struct GzipParts: PartFormat {
    let columns: [OutputColumn]
    let request: ExportRequest

    var needsRowNumbers: Bool { true }
    var partsAreFiles: Bool { false }

    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) throws -> any ExportFile {
        Part(
            try GzipPartWriter(columns: columns.map(\.cell), format: try CSVFormat(request.csvOptions), rows: rows),
            isFirst: isFirst, sink)
    }

    func joiner(firstRow: Int?, sink: @escaping ByteSink) throws -> any PartJoiner {
        Joiner(try GzipPartJoiner(firstRow: firstRow ?? 0, sink: sink))
    }

    private final class Part: ExportFile {
        private var writer: GzipPartWriter
        private let isFirst: Bool
        private let sink: ByteSink
        private var output = OutputBuffer()

        init(_ writer: consuming GzipPartWriter, isFirst: Bool, _ sink: @escaping ByteSink) {
            self.writer = writer
            self.isFirst = isFirst
            self.sink = sink
        }

        var rows: Int { writer.rows }
        var tally: FileTally { FileTally(formulasNeutralised: writer.formulasNeutralised) }

        func begin() { if isFirst { writer.writeHeader() } }

        func append(_ line: UnsafeRawBufferPointer) throws {
            try writer.append(line, into: &output)
            if output.count >= partPieceBytes { try hand() }
        }

        func end() throws {
            try writer.end(into: &output)
            try hand()
        }

        private func hand() throws {
            try output.withUnsafeBytes { try sink($0) }
            output.removeAll()
        }
    }

    private final class Joiner: PartJoiner {
        private let joiner: GzipPartJoiner
        init(_ joiner: GzipPartJoiner) { self.joiner = joiner }

        func append(_ bytes: UnsafeRawBufferPointer) throws { try joiner.append(part: bytes) }

        func end(_ parts: FileTally) throws -> FileTally {
            try joiner.end()
            return parts
        }
    }
}

/// The size of a part's write(2).
let partPieceBytes = 128 * 1024
