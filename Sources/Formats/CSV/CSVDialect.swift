/// How a CSV file is spelled: RFC 4180 with CRLF and UTF-8 always, and the choices that a request may make.
package struct CSVDialect: Sendable, Equatable {
    /// One ASCII byte between fields.
    package let delimiter: UInt8
    /// The byte order mark that makes Excel read a file as UTF-8.
    package let byteOrderMark: Bool
    package let header: CSVHeader
    /// Whether text that looks like a formula gets a leading apostrophe. Off only for programs that read the file.
    package let formulaGuard: Bool
    /// `.` or `,`, in place of the point that PostgreSQL writes in numbers.
    package let decimalMark: UInt8

    /// A comma, labels, guarded, no byte order mark.
    package static let standard = CSVDialect()

    private init() {
        delimiter = UInt8(ascii: ",")
        byteOrderMark = false
        header = .label
        formulaGuard = true
        decimalMark = UInt8(ascii: ".")
    }

    /// - Returns: nil when the delimiter is not one of `delimiters` or the decimal mark neither `.` nor `,`.
    package init?(
        delimiter: UInt8 = UInt8(ascii: ","), byteOrderMark: Bool = false, header: CSVHeader = .label,
        formulaGuard: Bool = true, decimalMark: UInt8 = UInt8(ascii: ".")
    ) {
        guard Self.delimiters.utf8.contains(delimiter),
            decimalMark == UInt8(ascii: ".") || decimalMark == UInt8(ascii: ",")
        else { return nil }
        self.delimiter = delimiter
        self.byteOrderMark = byteOrderMark
        self.header = header
        self.formulaGuard = formulaGuard
        self.decimalMark = decimalMark
    }

    /// The delimiters: characters that no date, boolean or number holds (but for the comma as decimal mark, which is
    /// quoted), so that those need no scan.
    package static let delimiters = ",;\t|~^#!"
}
