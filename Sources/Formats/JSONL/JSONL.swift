/// NDJSON: one JSON object a row, one row a line (<https://github.com/ndjson/ndjson-spec>, the same as JSON Lines). It
/// is for programs: no text gets an apostrophe, no number the locale's mark, and the members are called by the columns'
/// keys.
struct JSONL: FileFormat {
    let word = "jsonl"
    let options: [FormatOption] = [.compression]
    var kinds: [FileKind] { TextVariants<JSONLWriter>.kinds }

    func variant(_ request: FileRequest) -> any FileVariant {
        TextVariants<JSONLWriter>(dialect: JSONLDialect()).variant(request)
    }
}

extension ExportFormat {
    package static let jsonl = ExportFormat(JSONL())
}

/// NDJSON has one spelling: UTF-8, LF, no byte order mark, in every locale.
struct JSONLDialect: TextDialect {
    static let kind = FileKind(ending: "jsonl", mediaType: "application/x-ndjson")

    var forAnnexes: JSONLDialect { self }
}
