import Coding
import Deflate
import Glibc

/// How a text becomes the content of a `<t>` element.
///
/// - CR LF and a CR alone become LF, with which a spreadsheet ends lines: of `_x000D_` most readers make seven
///   letters, and of a bare CR an XML parser makes LF anyhow. A text with LF gets a style that wraps.
/// - A character that XML 1.0 forbids becomes `_xHHHH_` (ECMA-376 part 1, 22.9.2.19, ST_Xstring). A text that reads
///   `_xHHHH_` by itself gets its underscore escaped.
/// - `&`, `<` and `>` become entities, the last because of `]]>`.
/// - More than 32,767 UTF-16 units, the most a cell can have, are cut, never through a character.
enum SheetText {
    static let longestUnits = 32_767
    /// The most bytes that one byte can become: `_x0001_`.
    static let growth = 7

    /// Makes LF of CR LF and CR, in place.
    /// - Returns: how many bytes are left.
    static func unifyLineEnds(_ text: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
        guard let first = memchr(text, 0x0D, count).map({ UnsafeRawPointer($0) }) else { return count }
        var written = UnsafeRawPointer(text).distance(to: first)
        var read = written
        while read < count {
            var byte = text[read]
            read += 1
            if byte == 0x0D {
                byte = 0x0A
                if read < count && text[read] == 0x0A { read += 1 }
            }
            text[written] = byte
            written += 1
        }
        return written
    }

    static func hasLineEnd(_ text: UnsafePointer<UInt8>, count: Int) -> Bool { memchr(text, 0x0A, count) != nil }

    /// Bytes of `text` that a cell has room for; all of them when they fit.
    static func fitting(_ text: UnsafePointer<UInt8>, count: Int) -> Int {
        // A unit takes at least one byte.
        guard count > longestUnits else { return count }
        var units = 0
        var at = 0
        while at < count {
            let lead = text[at]
            let (bytes, width) = lead < 0x80 ? (1, 1) : lead < 0xE0 ? (2, 1) : lead < 0xF0 ? (3, 1) : (4, 2)
            if units + width > longestUnits { return at }
            units += width
            at += bytes
        }
        return count
    }

    /// Whether there is white space at either end. A reader could take it away where `xml:space="preserve"` does not
    /// stand, and where it does, some lose the text of an inline string (R openxlsx, Octave); so it becomes a shared
    /// string where there is a number for it.
    @inline(__always)
    static func hasBlankEdge(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        count > 0 && (isBlank(text[0]) || isBlank(text[count - 1]))
    }

    static func hasBlankEdge(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isBlank(first) || isBlank(last)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A }

    /// Writes the content; at most `growth` bytes for one of `text`.
    static func put(
        _ text: UnsafePointer<UInt8>, count: Int, special: borrowing ByteTable, at cursor: inout SheetCursor
    ) {
        var at = 0
        while at < count {
            var end = at
            while end < count && !special[text[end]] { end += 1 }
            cursor.copy(text + at, count: end - at)
            guard end < count else { return }
            at = end + putSpecial(text + end, left: count - end, at: &cursor)
        }
    }

    /// Writes a `<t>` element.
    static func writeElement(
        _ text: UnsafePointer<UInt8>, count: Int, special: borrowing ByteTable, into output: inout OutputBuffer
    ) {
        output.append(hasBlankEdge(text, count: count) ? "<t xml:space=\"preserve\">" : "<t>")
        let start = output.reserve(count * growth + SheetCursor.slack)
        var cursor = SheetCursor(start)
        put(text, count: count, special: special, at: &cursor)
        output.advance(start.distance(to: cursor.position))
        output.append("</t>")
    }

    /// The bytes that `put` stops at.
    static func specialBytes() -> ByteTable {
        ByteTable { byte in
            switch byte {
            case 0x09, 0x0A: false
            case 0..<0x20, UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "_"), 0xEF: true
            default: false
            }
        }
    }

    /// Writes the content for the byte at `text`, or for the character that it begins.
    /// - Returns: how many bytes of `text` that was.
    private static func putSpecial(_ text: UnsafePointer<UInt8>, left: Int, at cursor: inout SheetCursor) -> Int {
        switch text[0] {
        case UInt8(ascii: "&"): cursor.put("&amp;")
        case UInt8(ascii: "<"): cursor.put("&lt;")
        case UInt8(ascii: ">"): cursor.put("&gt;")
        case UInt8(ascii: "_"): cursor.put(isEscape(text, left: left) ? "_x005F_" : "_")
        case 0xEF:
            if left >= 3 && text[1] == 0xBF && text[2] >= 0xBE {
                cursor.put(text[2] == 0xBE ? "_xFFFE_" : "_xFFFF_")
                return 3
            }
            cursor.put(text[0])
        default:
            cursor.put("_x00")
            cursor.put(Hexadecimal.upperDigit(text[0] >> 4))
            cursor.put(Hexadecimal.upperDigit(text[0] & 0x0F))
            cursor.put(UInt8(ascii: "_"))
        }
        return 1
    }

    /// Whether `_xHHHH_` stands here.
    private static func isEscape(_ text: UnsafePointer<UInt8>, left: Int) -> Bool {
        guard left >= 7, text[1] == UInt8(ascii: "x"), text[6] == UInt8(ascii: "_") else { return false }
        return (2...5).allSatisfy { text[$0].hexadecimalValue != nil }
    }
}

extension SheetCursor {
    fileprivate mutating func put(_ text: StaticString) {
        copy(text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
