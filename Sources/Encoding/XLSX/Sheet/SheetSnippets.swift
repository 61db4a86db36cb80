/// The XML around values, ready to be stored. A cell's snippets begin where its reference ends.
struct SheetSnippets {
    let rowStart = Snippet("<row r=\"")
    let tagEnd = Snippet("\">")
    let rowEnd = Snippet("</row>")

    let number = Snippet("\"><v>")
    let yes = Snippet("\" t=\"b\"><v>1")
    let no = Snippet("\" t=\"b\"><v>0")
    let date = Snippet("\" s=\"\(SheetStyle.date.rawValue)\"><v>")
    let timestamp = Snippet("\" s=\"\(SheetStyle.timestamp.rawValue)\"><v>")
    let shared = Snippet("\" t=\"s\"><v>")
    let quotedShared = Snippet("\" s=\"\(SheetStyle.quoted.rawValue)\" t=\"s\"><v>")
    /// Ends what the six above began.
    let valueEnd = Snippet("</v></c>")

    let text = Snippet("\" t=\"inlineStr\"><is><t>")
    let textEnd = Snippet("</t></is></c>")

    /// Texts of all kinds in two parts: the style, then whether spaces at their ends are to be kept.
    let style = Snippet("\" s=\"\(SheetStyle.quoted.rawValue)")
    let textStart = Snippet("\" t=\"inlineStr\"><is>")
    let element = Snippet("<t>")
    let preservingElement = (Snippet("<t xml:space=\""), Snippet("preserve\">"))
}
