/// Which fields stand in quotes although RFC 4180 asks for none, because programs misread a line that begins with them.
///
/// - `ID`: Excel takes a file whose first two bytes these are for a SYLK file and refuses it. A part of a file may be
///   downloaded by itself and begins with any row, so the first field of every line is treated alike: parts joined are
///   the whole, byte for byte. The names are exempt behind a byte order mark, which no part but the first could have.
/// - U+FEFF: at the beginning of a file it is the byte order mark, which readers take off the value.
/// - `\.`: alone on its line it ends the data for PostgreSQL's COPY (before version 18) and for psql's \copy, also in
///   CSV; they drop the rows after it without an error. PostgreSQL quotes it likewise.
enum MisreadField {
    /// Whether a first field begins as a SYLK file does, or with a byte order mark.
    @inline(__always)
    static func beginsAsAnotherFile(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard count >= 2 else { return false }
        if text[0] == UInt8(ascii: "I") { return text[1] == UInt8(ascii: "D") }
        return text[0] == 0xEF && count >= 3 && text[1] == 0xBB && text[2] == 0xBF
    }

    /// Whether the only field of a line is COPY's end of data.
    static func isEndOfData(_ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        count == 2 && text[0] == UInt8(ascii: "\\") && text[1] == UInt8(ascii: ".")
    }
}
