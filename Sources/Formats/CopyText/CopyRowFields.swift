/// The fields of a row in COPY's text format as they stand there, escapes and all, to be passed on.
package struct CopyRowFields: ~Copyable {
    private var splitter: CopyRowSplitter<CopyEscapes>

    package init(columnCount: Int) {
        splitter = CopyRowSplitter(columnCount: columnCount, attention: CopyEscapes())
    }

    /// Splits a row, with or without its newline.
    /// - Throws: `CopyTextError` for a row of another number of fields.
    package mutating func split(_ line: UnsafeRawBufferPointer) throws(CopyTextError) { try splitter.split(line) }

    /// Field `index` of the row last split; it points into that row's bytes and dies with them.
    package func bytes(_ index: Int) -> UnsafeRawBufferPointer {
        let field = splitter.field(index)
        return UnsafeRawBufferPointer(start: field.start, count: field.count)
    }
}
