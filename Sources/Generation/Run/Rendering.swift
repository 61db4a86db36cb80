import Catalog
import Formats

/// How rows become a file: its format, the language of its labels, its annexes.
package struct Rendering {
    package let request: ExportRequest
    /// Of the labels.
    package let language: String

    package init(_ request: ExportRequest, language: String) {
        self.request = request
        self.language = language
    }

    var variant: any FileVariant { request.variant }

    /// - Parameters:
    ///   - title: the name of the rows.
    ///   - provenance: the content of the annexes; nil where the request asks for no annexes.
    func table(_ columns: [OutputColumn], title: LocalizedText, _ provenance: Provenance?) -> FileTable {
        let annexes =
            request.includeAnnexes ? provenance.map { Annexes.tables($0, request, language: language) } ?? [] : []
        return FileTable(
            columns.map(\.cell), title: title.label(language), language: language, annexes: annexes,
            memberName: "\(request.catalog)-\(provenance?.day ?? "")")
    }

    /// Makes a file in this process.
    /// - Parameter sink: takes its bytes in order.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    func file(
        of table: FileTable, from source: some RowSource, sink: @escaping ByteSink
    ) throws -> (rows: Int64, tally: FileTally) {
        let file = try source.prepared(variant.file(of: table, sink: sink))
        try file.begin()
        let rows = try source.write(into: file)
        return (rows, file.tally)
    }
}

/// Where the rows of a file come from: the users' tables, or the kept rows of an earlier report.
protocol RowSource {
    /// The file, behind the changes that this source makes to its rows on their way.
    func prepared(_ file: any RowFile) throws -> any RowFile
    /// Hands all rows to a file that has begun, and ends it.
    /// - Returns: the rows of the source, which are those that were written.
    /// - Throws: `ExportFailure`, or an error that it is made of.
    func write(into file: any RowFile) throws -> Int64
}

extension RowSource {
    func prepared(_ file: any RowFile) -> any RowFile { file }
}
