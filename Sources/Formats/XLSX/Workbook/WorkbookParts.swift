/// The workbook's members besides its sheets and shared strings. No links to anything outside, no formulas, no macros.
enum WorkbookParts {
    /// A sheet as the workbook lists it.
    struct Sheet {
        let name: String
        let columnCount: Int
        let lastRow: Int
    }

    static func sheetPath(_ number: Int) -> String { "xl/worksheets/sheet\(number).xml" }

    private static let document = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    private static let corePropertiesType = "application/vnd.openxmlformats-package.core-properties+xml"
    private static let extendedPropertiesType = "application/vnd.openxmlformats-officedocument.extended-properties+xml"

    static func contentTypes(sheets: Int, hasSharedStrings: Bool) -> String {
        var text = XMLText.declaration + "<Types xmlns=\"\(XMLText.package)/content-types\">"
        text += "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        text += "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
        func override(_ part: String, _ type: String) {
            text += "<Override PartName=\"/\(part)\" ContentType=\"\(type)\"/>"
        }
        override("docProps/app.xml", extendedPropertiesType)
        override("docProps/core.xml", corePropertiesType)
        override("xl/styles.xml", "\(document).styles+xml")
        override("xl/workbook.xml", "\(document).sheet.main+xml")
        for number in 1...max(sheets, 1) { override(sheetPath(number), "\(document).worksheet+xml") }
        if hasSharedStrings { override("xl/sharedStrings.xml", "\(document).sharedStrings+xml") }
        return text + "</Types>"
    }

    static let packageRelationships =
        XMLText.declaration + "<Relationships xmlns=\"\(XMLText.package)/relationships\">"
        + relationship(1, "\(XMLText.relationships)/officeDocument", "xl/workbook.xml")
        + relationship(2, "\(XMLText.package)/relationships/metadata/core-properties", "docProps/core.xml")
        + relationship(3, "\(XMLText.relationships)/extended-properties", "docProps/app.xml") + "</Relationships>"

    static func workbookRelationships(sheets: Int, hasSharedStrings: Bool) -> String {
        var text = XMLText.declaration + "<Relationships xmlns=\"\(XMLText.package)/relationships\">"
        for number in 1...max(sheets, 1) {
            text += relationship(number, "\(XMLText.relationships)/worksheet", "worksheets/sheet\(number).xml")
        }
        text += relationship(sheets + 1, "\(XMLText.relationships)/styles", "styles.xml")
        if hasSharedStrings {
            text += relationship(sheets + 2, "\(XMLText.relationships)/sharedStrings", "sharedStrings.xml")
        }
        return text + "</Relationships>"
    }

    private static func relationship(_ number: Int, _ type: String, _ target: String) -> String {
        "<Relationship Id=\"rId\(number)\" Type=\"\(type)\" Target=\"\(target)\"/>"
    }

    static func workbook(_ sheets: [Sheet]) -> String {
        var text = XMLText.declaration + "<workbook xmlns=\"\(XMLText.main)\" xmlns:r=\"\(XMLText.relationships)\">"
        text += "<bookViews><workbookView/></bookViews><sheets>"
        for (index, sheet) in sheets.enumerated() {
            let name = XMLText.attribute(sheet.name)
            text += "<sheet name=\"\(name)\" sheetId=\"\(index + 1)\" r:id=\"rId\(index + 1)\"/>"
        }
        text += "</sheets>"
        let names = sheets.enumerated().compactMap { definedNames($0.element, index: $0.offset) }
        if !names.isEmpty { text += "<definedNames>\(names.joined())</definedNames>" }
        return text + "</workbook>"
    }

    /// The names under which Excel looks for a sheet's filtered range and for the rows that each printed page repeats.
    private static func definedNames(_ sheet: Sheet, index: Int) -> String? {
        guard let range = SheetFrame.filterRange(sheet.columnCount, lastRow: sheet.lastRow) else { return nil }
        let quoted = sheet.name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        let place = "localSheetId=\"\(index)\""
        return "<definedName name=\"_xlnm._FilterDatabase\" \(place) hidden=\"1\">"
            + XMLText.attribute("'\(quoted)'!$A$1:$\(range.letters)$\(range.row)") + "</definedName>"
            + "<definedName name=\"_xlnm.Print_Titles\" \(place)>"
            + XMLText.attribute("'\(quoted)'!$1:$1") + "</definedName>"
    }

    /// The cell formats in the order of `SheetStyle`.
    static let styles =
        XMLText.declaration + "<styleSheet xmlns=\"\(XMLText.main)\"><numFmts count=\"2\">"
        + "<numFmt numFmtId=\"164\" formatCode=\"yyyy-mm-dd\"/>"
        + "<numFmt numFmtId=\"165\" formatCode=\"yyyy-mm-dd hh:mm:ss\"/></numFmts>"
        + "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font>"
        + "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>"
        + "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
        + "<fill><patternFill patternType=\"gray125\"/></fill></fills>"
        + "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        + "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
        + "<cellXfs count=\"10\">" + format() + format(font: 1) + format(font: 1, quotePrefix: true)
        + format(number: 164) + format(number: 165) + format(quotePrefix: true)
        + format(wraps: true) + format(quotePrefix: true, wraps: true)
        + format(font: 1, wraps: true) + format(font: 1, quotePrefix: true, wraps: true) + "</cellXfs>"
        + "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>"
        + "</styleSheet>"

    private static func format(
        number: Int = 0, font: Int = 0, quotePrefix: Bool = false, wraps: Bool = false
    ) -> String {
        var text = "<xf numFmtId=\"\(number)\" fontId=\"\(font)\" fillId=\"0\" borderId=\"0\" xfId=\"0\""
        if quotePrefix { text += " quotePrefix=\"1\"" }
        if number != 0 { text += " applyNumberFormat=\"1\"" }
        if font != 0 { text += " applyFont=\"1\"" }
        return text + (wraps ? " applyAlignment=\"1\"><alignment wrapText=\"1\"/></xf>" : "/>")
    }

    static let extendedProperties =
        XMLText.declaration + "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/"
        + "extended-properties\"><Application>Penstock</Application></Properties>"

    /// The same times in every file: equal rows make equal bytes.
    static let coreProperties =
        XMLText.declaration + "<cp:coreProperties xmlns:cp=\"\(XMLText.package)/metadata/core-properties\""
        + " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\""
        + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:creator>Penstock</dc:creator>"
        + "<dcterms:created xsi:type=\"dcterms:W3CDTF\">1980-01-01T00:00:00Z</dcterms:created>"
        + "<dcterms:modified xsi:type=\"dcterms:W3CDTF\">1980-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>"
}
