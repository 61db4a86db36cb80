import Formats

/// The one cell of a row, without its row: from the end of `<c r="A2"` to its `</c>`.
func sheetCell(_ field: String, _ kind: CellKind) throws -> String {
    let xml = try row(field, [kind]).xml
    let (head, tail) = (#"<row r="2"><c r="A2""#, "</c></row>")
    guard xml.hasPrefix(head), xml.hasSuffix(tail) else { return xml }
    return String(xml.dropFirst(head.count).dropLast(tail.count))
}

/// The XML after the reference of a cell with an inline string, up to the end of the string.
func inlineText(
    _ content: String, quoted: Bool = false, wraps: Bool = false, preserving: Bool = false
) -> String {
    #"\#(quoted || wraps ? #" s="\#(wraps ? quoted ? 7 : 6 : 5)""# : "") t="inlineStr"><is><t\#(preserving ? #" xml:space="preserve""# : "")>\#(content)</t></is>"#
}

/// The counts that one cell adds to the receipt.
func counted(_ field: String, _ kind: CellKind) throws -> CellCounters { try row(field, [kind]).counters }
