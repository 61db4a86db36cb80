import Catalog
import Deflate
import Formats

/// Rows as they were kept on their way to rows as they are wanted: some of the columns, in another order, with their
/// timestamps in another zone. Everything else of a row stays as the server printed it.
struct RowRecast: ~Copyable {
    private var fields: CopyRowFields
    /// For each column that is wanted: its place in the kept rows, and whether it holds instants to convert.
    private let cells: [(source: Int, isConverted: Bool)]
    private let clock: ZoneClock?
    private var output = OutputBuffer(capacity: 16 * 1024)

    /// Whether the rows are wanted otherwise than they are.
    static func isNeeded(_ provenance: Provenance, columns: [String], zone: String) -> Bool {
        converts(provenance, zone) || columns != provenance.description.columns.map(\.key)
    }

    private static func converts(_ provenance: Provenance, _ zone: String) -> Bool {
        zone != provenance.rowsZone
            && provenance.description.columns.contains { $0.shownType.outputKind == .timestamp }
    }

    /// - Throws: `column_not_kept`, `time_zone_unavailable`.
    init(_ provenance: Provenance, columns: [String], zone: String) throws(ExportFailure) {
        let kept = provenance.description.columns
        let converts = Self.converts(provenance, zone)
        var cells: [(source: Int, isConverted: Bool)] = []
        for key in columns {
            guard let source = kept.firstIndex(where: { $0.key == key }) else {
                throw ExportFailure("column_not_kept", "The column \(key) was not among those of the report")
            }
            cells.append((source, converts && kept[source].shownType.outputKind == .timestamp))
        }
        let clock = converts ? try ZoneClock(zone) : nil
        self.clock = clock
        self.cells = cells
        fields = CopyRowFields(columnCount: kept.count)
    }

    /// - Parameter body: takes the row with its newline; the bytes are valid only inside the call.
    mutating func recast(
        _ line: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try fields.split(line)
        output.removeAll()
        for (index, cell) in cells.enumerated() {
            if index > 0 { output.append("\t") }
            let field = fields.bytes(cell.source)
            if cell.isConverted { convert(field) } else { output.append(field) }
        }
        output.append("\n")
        try output.withUnsafeBytes { try body($0) }
    }

    /// NULL, the infinities and fields that are not timestamps pass as they are.
    private mutating func convert(_ field: UnsafeRawBufferPointer) {
        guard let clock, var text = TimestampText(field), let local = clock.local(text.clock.instant) else {
            return output.append(field)
        }
        text.clock = local
        text.write(into: &output)
    }
}
