import Catalog
import Encoding

/// Compressed CSV: one gzip member, whose whole pieces are made by the parts, those that two parts share where they are
/// joined. A part that is given away by itself is a member of its own.
struct GzipParts: PartFormat {
    let columns: [OutputColumn]
    let request: ExportRequest

    var needsRowNumbers: Bool { true }
    var partsAreFiles: Bool { false }

    func part(rows: Range<Int>, isFirst: Bool, sink: @escaping ByteSink) throws -> any ExportFile {
        FramedPart(
            try GzipPartWriter(columns: columns.map(\.cell), format: try CSVFormat(request.csvOptions), rows: rows),
            isFirst: isFirst, sink)
    }

    func joiner(firstRow: Int?, sink: @escaping ByteSink) throws -> any PartJoiner {
        Joiner(try GzipPartJoiner(firstRow: firstRow ?? 0, sink: sink))
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
