/// A workbook (ECMA-376) whose cells have types.
struct XLSX: FileFormat, FileVariant {
    let word = "xlsx"
    let recentWord = "excel"
    var kinds: [FileKind] { [kind] }

    let kind = FileKind(
        ending: "xlsx", mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    var partKind: FileKind { kind }

    /// Annexes are sheets of the same workbook.
    func variant(_ request: FileRequest) -> any FileVariant { self }

    func file(of table: FileTable, sink: @escaping ByteSink) -> any RowFile { XLSXFile(table, sink: sink) }

    func parts(of table: FileTable, firstRows: () throws -> FirstRows) throws -> any PartFormat {
        SheetParts(
            layout: try firstRows().layout(
                table.columns, name: table.title,
                isRightToLeft: LanguageDirection.isRightToLeft(table.language)),
            annexes: table.annexes)
    }
}

extension ExportFormat {
    package static let xlsx = ExportFormat(XLSX())
}
