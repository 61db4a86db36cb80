/// Comma-separated values, for spreadsheets and programs alike.
struct CSV: FileFormat {
    let word = "csv"
    let options = [CSVOptions.option, .compression]
    var kinds: [FileKind] { TextVariants<CSVWriter>.kinds }

    func variant(_ request: FileRequest) -> any FileVariant {
        TextVariants<CSVWriter>(dialect: CSVDialect(request)).variant(request)
    }

    func previewStyle(_ request: FileRequest) -> CellStyle { CSVDialect(request).cells }
}

extension ExportFormat {
    package static let csv = ExportFormat(CSV())
}

extension CSVDialect: TextDialect {
    package static let kind = FileKind(ending: "csv", mediaType: "text/csv; charset=utf-8")

    /// The same with a header of labels.
    package var forAnnexes: CSVDialect {
        CSVDialect(
            delimiter: delimiter, byteOrderMark: byteOrderMark, formulaGuard: formulaGuard, decimalMark: decimalMark)
            ?? .standard
    }

    /// The request's own delimiter, else the locale's; the locale's decimal mark.
    package init(_ request: FileRequest) {
        let options = CSVOptions(request.options)
        self =
            CSVDialect(
                delimiter: options.delimiter?.utf8.first ?? request.delimiter, byteOrderMark: options.bom,
                header: options.header, formulaGuard: options.formulaGuard, decimalMark: request.decimalMark)
            ?? .standard
    }

    /// How the values of cells are written, before quoting.
    var cells: CellStyle { CellStyle(decimalMark: decimalMark, formulaGuard: formulaGuard) }
}
