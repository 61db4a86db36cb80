import Deflate

/// A small table that goes with a report: a sheet of its workbook, or a file of its archive.
package struct AnnexTable: Sendable, Equatable {
    /// What people read: the sheet's name.
    package let title: String
    /// The file's name without its ending; ASCII.
    package let fileName: String
    package let columns: [CellColumn]
    /// Values as COPY would print them; nil for NULL.
    package let rows: [[String?]]

    package init(title: String, fileName: String, columns: [CellColumn], rows: [[String?]]) {
        self.title = title
        self.fileName = fileName
        self.columns = columns
        self.rows = rows
    }
}

extension WorkbookWriter {
    /// Writes a whole table between two others, or after the last.
    package func add(_ table: AnnexTable) throws {
        let layout = try SheetLayout(table.columns, name: table.title)
        try beginTable(layout)
        var encoder = SheetRowEncoder(layout)
        var xml = OutputBuffer(capacity: 16 * 1024)
        for (index, row) in table.rows.enumerated() {
            try CopyLine.row(row).withUnsafeBytes {
                try encoder.encode($0, number: layout.grid.number(of: index), into: &xml)
            }
            try xml.withUnsafeBytes { try append(xml: $0, rows: 1) }
            xml.removeAll()
        }
        count(encoder.counters)
        try endTable()
    }
}
