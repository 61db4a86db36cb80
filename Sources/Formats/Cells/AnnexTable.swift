/// A small table that goes with a report: a sheet of its workbook, or a file of its archive.
package struct AnnexTable: Sendable, Equatable {
    /// The sheet's name, for people.
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
    /// - Throws: `XLSXError`, `CopyTextError`, and the sink's errors.
    package func add(_ table: AnnexTable) throws {
        var rows = FirstRows()
        let lines = table.rows.map { CopyLine.row($0) }
        for line in lines where !rows.isFull { line.withUnsafeBytes { rows.take($0) } }
        try beginTable(
            try rows.layout(table.columns, name: table.title, isRightToLeft: isRightToLeft, sharesStrings: false))
        for line in lines { try line.withUnsafeBytes { try append($0) } }
        try endTable()
    }
}
