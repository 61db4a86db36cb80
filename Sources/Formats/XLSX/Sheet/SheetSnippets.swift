/// The XML around values, ready to be stored. A cell's snippets begin where its reference ends.
struct SheetSnippets {
    let rowStart = Snippet("<row r=\"")
    let tagEnd = Snippet("\">")
    let rowEnd = Snippet("</row>")
    /// A cell without value.
    let empty = Snippet("\"/>")

    let number = Snippet("\"><v>")
    let yes = Snippet("\" t=\"b\"><v>1")
    let no = Snippet("\" t=\"b\"><v>0")
    let date = Snippet("\" s=\"\(SheetStyle.date.rawValue)\"><v>")
    let timestamp = Snippet("\" s=\"\(SheetStyle.timestamp.rawValue)\"><v>")
    let shared = Snippet("\" t=\"s\"><v>")
    /// Ends the cells that the six above begin.
    let valueEnd = Snippet("</v></c>")

    let text = Snippet("\" t=\"inlineStr\"><is><t>")
    let textEnd = Snippet("</t></is></c>")

    /// Texts of all kinds in two parts: the style, then whether spaces at their ends are to be kept.
    let textStart = Snippet("\" t=\"inlineStr\"><is>")
    let element = Snippet("<t>")
    let preservingElement = (Snippet("<t xml:space=\""), Snippet("preserve\">"))

    private let quoted = Snippet("\" s=\"\(SheetStyle.quoted.rawValue)")
    private let wrapped = Snippet("\" s=\"\(SheetStyle.wrapped.rawValue)")
    private let quotedWrapped = Snippet("\" s=\"\(SheetStyle.quotedWrapped.rawValue)")

    /// The style of a text, which another snippet has to follow; a plain text has no bytes here.
    @inline(__always)
    func putStyle(isQuoted: Bool, wraps: Bool, at cursor: inout SheetCursor) {
        switch (isQuoted, wraps) {
        case (false, false): break
        case (true, false): cursor.putShort(quoted)
        case (false, true): cursor.putShort(wrapped)
        case (true, true): cursor.putShort(quotedWrapped)
        }
    }

    /// The rest of a cell that names a shared string.
    @inline(__always)
    func putShared(_ number: Int, at cursor: inout SheetCursor) {
        cursor.putMiddling(shared)
        cursor.beginValue()
        let digits = Decimal.digits(UInt32(truncatingIfNeeded: number))
        cursor.put(digits.bytes, count: digits.count)
        cursor.endValue()
        cursor.putShort(valueEnd)
    }
}
