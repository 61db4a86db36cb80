/// Which texts a spreadsheet program would run as a formula when it opens the file (CWE-1236).
///
/// They begin with `= + - @`, TAB or CR. LF and the full-width ＝ ＋ － ＠, which Excel folds to the ASCII signs in some
/// locales, are guarded as well, since a leading apostrophe is harmless there. A text that begins with another
/// character and holds a sign later (`;=1`) is left alone; quoting keeps it in its field.
enum FormulaGuard {
    /// The first bytes with which a guarded text can begin. 0xEF begins the full-width signs, and much else.
    static func mayBegin(with byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D, 0xEF: true
        default: false
        }
    }

    static func applies(to text: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard count > 0, mayBegin(with: text[0]) else { return false }
        guard text[0] == 0xEF else { return true }
        // U+FF1D, U+FF0B, U+FF0D, U+FF20 in UTF-8.
        guard count >= 3, text[1] == 0xBC else { return false }
        return text[2] == 0x9D || text[2] == 0x8B || text[2] == 0x8D || text[2] == 0xA0
    }
}
