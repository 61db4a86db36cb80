/// Reads a worksheet as strictly as it can: elements in the order and with the attributes that the schema has, every
/// row and cell with the reference that its place asks for. It knows nothing of the writer.
package struct SheetReader {
    package struct Fault: Error {
        package let reason: String

        package init(reason: String) { self.reason = reason }
    }

    package struct Cell: Equatable {
        /// `n`, `b`, `s` or `inlineStr`.
        package var type: String
        package var style: Int
        package var value: String

        package init(type: String, style: Int, value: String) {
            (self.type, self.style, self.value) = (type, style, value)
        }
    }

    /// Rows by column number; the first is the header.
    package private(set) var rows: [[Int: Cell]] = []
    package private(set) var filter: String?
    /// The ranges in which numbers may be texts.
    package private(set) var ignoredErrors: String?

    private var rest: Substring

    package init(_ xml: String) throws {
        guard let data = xml.range("<sheetData>") else { throw Fault(reason: "no sheetData") }
        rest = xml[data.upperBound...]
        var number = 1
        while take("<row r=\"\(number)\">") {
            rows.append(try row(number))
            number += 1
        }
        guard take("</sheetData>") else { throw Fault(reason: "no end of sheetData at row \(number)") }
        if take("<autoFilter ref=\"") { filter = try text(until: "\"/>") }
        _ = take("<pageSetup orientation=\"landscape\"/>")
        if take("<ignoredErrors><ignoredError sqref=\"") {
            ignoredErrors = try text(until: "\" numberStoredAsText=\"1\"/></ignoredErrors>")
        }
        guard take("</worksheet>"), rest.isEmpty else { throw Fault(reason: "no end of worksheet") }
    }

    private mutating func row(_ number: Int) throws -> [Int: Cell] {
        var cells: [Int: Cell] = [:]
        var last = -1
        while take("<c r=\"") {
            let letters = try text(until: "\(number)\"")
            var column = 0
            for letter in letters.utf8 { column = column * 26 + Int(letter) - 64 }
            guard column - 1 > last, !letters.isEmpty else { throw Fault(reason: "cell \(letters)\(number)") }
            last = column - 1
            if take("/>") {
                guard column == rows.first?.count else { throw Fault(reason: "an empty cell that is not the last") }
                continue
            }
            cells[last] = try cell()
        }
        if let width = rows.first?.count, width > 0, last != width - 1 {
            throw Fault(reason: "row \(number) has no cell in its last column")
        }
        guard take("</row>") else { throw Fault(reason: "no end of row \(number): \(rest.prefix(60))") }
        return cells
    }

    private mutating func cell() throws -> Cell {
        var cell = Cell(type: "n", style: 0, value: "")
        if take(" s=\"") { cell.style = Int(try text(until: "\"")) ?? -1 }
        if take(" t=\"") { cell.type = try text(until: "\"") }
        guard take(">") else { throw Fault(reason: "attributes of a cell: \(rest.prefix(60))") }
        if cell.type == "inlineStr" {
            guard take("<is><t") else { throw Fault(reason: "an inline string without text") }
            let preserves = take(" xml:space=\"preserve\"")
            guard take(">") else { throw Fault(reason: "attributes of a text") }
            let content = try text(until: "</t></is></c>")
            guard !content.contains("<") && !content.contains(">") else { throw Fault(reason: "markup in \(content)") }
            cell.value = Self.meaning(content)
            let blanks: [Unicode.Scalar?] = [" ", "\t", "\n"]
            let edges = [content.unicodeScalars.first, content.unicodeScalars.last]
            let blankEdge = !content.isEmpty && edges.contains { blanks.contains($0) }
            guard preserves == blankEdge else { throw Fault(reason: "xml:space of \(content.debugDescription)") }
        } else {
            guard take("<v>") else { throw Fault(reason: "no value") }
            cell.value = try text(until: "</v></c>")
        }
        return cell
    }

    /// The text of an element's content, with entities and `_xHHHH_` undone.
    static func meaning(_ content: String) -> String {
        let plain = content.replacing("&lt;", "<").replacing("&gt;", ">").replacing("&amp;", "&")
        var result = String.UnicodeScalarView()
        let scalars = Array(plain.unicodeScalars)
        var at = 0
        while at < scalars.count {
            if at + 7 <= scalars.count, scalars[at] == "_", scalars[at + 1] == "x", scalars[at + 6] == "_" {
                let hex = String(String.UnicodeScalarView(scalars[at + 2..<at + 6]))
                if let code = UInt32(hex, radix: 16), let scalar = Unicode.Scalar(code) {
                    result.append(scalar)
                    at += 7
                    continue
                }
            }
            result.append(scalars[at])
            at += 1
        }
        return String(result)
    }

    /// The texts of xl/sharedStrings.xml, in order.
    package static func sharedStrings(_ xml: String) throws -> [String] {
        guard let start = xml.range("<sst ")?.lowerBound else { throw Fault(reason: "no sst") }
        let items = Array(xml[start...].utf8)
        // As rows of one cell each, which this reader takes.
        var sheet = Array("<sheetData><row r=\"1\"></row>".utf8)
        var number = 1
        var at = items.firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? items.count
        let (begin, end) = (Array("<si>".utf8), Array("</si>".utf8))
        while items[at...].starts(with: begin) {
            number += 1
            sheet += Array("<row r=\"\(number)\"><c r=\"A\(number)\" t=\"inlineStr\"><is>".utf8)
            at += begin.count
            while !items[at...].starts(with: end) {
                sheet.append(items[at])
                at += 1
            }
            at += end.count
            sheet += Array("</is></c></row>".utf8)
        }
        guard items[at...].elementsEqual("</sst>".utf8) else { throw Fault(reason: "no end of sst") }
        sheet += Array("</sheetData></worksheet>".utf8)
        return try SheetReader(String(decoding: sheet, as: UTF8.self)).rows.dropFirst().map { $0[0]?.value ?? "" }
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.utf8.starts(with: text.utf8) else { return false }
        rest = rest[rest.utf8.index(rest.startIndex, offsetBy: text.utf8.count)...]
        return true
    }

    private mutating func text(until end: String) throws -> String {
        guard let range = rest.range(end) else { throw Fault(reason: "no \(end)") }
        defer { rest = rest[range.upperBound...] }
        return String(rest[..<range.lowerBound])
    }
}

extension StringProtocol where SubSequence == Substring {
    /// The first place where the bytes of `text` stand.
    fileprivate func range(_ text: String) -> Range<String.Index>? {
        let wanted = Array(text.utf8)
        var at = utf8.startIndex
        while let first = utf8[at...].firstIndex(of: wanted[0]) {
            if utf8[first...].starts(with: wanted) { return first..<utf8.index(first, offsetBy: wanted.count) }
            at = utf8.index(after: first)
        }
        return nil
    }
}

extension String {
    /// By bytes; characters would not see a sign that a combining mark follows.
    fileprivate func replacing(_ old: String, _ new: String) -> String {
        let (bytes, wanted) = (Array(utf8), Array(old.utf8))
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at...].starts(with: wanted) {
                result += Array(new.utf8)
                at += wanted.count
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
