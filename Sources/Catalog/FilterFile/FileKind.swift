/// The kind of a file that is no list of keys, by its first bytes.
enum FileKind: Equatable, Sendable {
    case utf16, utf32, workbook, oldWorkbook, gzip, pdf

    /// How many bytes are looked at, and how many tell a signature from a longer one.
    static let headBytes = 64
    static let signatureBytes = 8

    /// nil when the bytes may be text in UTF-8, and when too few have arrived to be sure.
    init?(head: [UInt8]) {
        for (signature, kind) in Self.signatures where head.starts(with: signature) {
            self = kind
            return
        }
        // Text of the Latin alphabet in UTF-16 without a mark at its beginning: every second byte is 0.
        guard head.count >= 4 else { return nil }
        let even = stride(from: 0, to: head.count, by: 2).map { head[$0] }
        let odd = stride(from: 1, to: head.count, by: 2).map { head[$0] }
        guard even.allSatisfy({ $0 == 0 }) != odd.allSatisfy({ $0 == 0 }) else { return nil }
        self = .utf16
    }

    /// The longer ones first: UTF-32's mark begins with that of UTF-16.
    private static let signatures: [([UInt8], FileKind)] = [
        ([0xFF, 0xFE, 0x00, 0x00], .utf32), ([0x00, 0x00, 0xFE, 0xFF], .utf32), ([0xFF, 0xFE], .utf16),
        ([0xFE, 0xFF], .utf16), ([0x50, 0x4B, 0x03, 0x04], .workbook),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .oldWorkbook), ([0x1F, 0x8B, 0x08], .gzip),
        (Array("%PDF-".utf8), .pdf),
    ]

    /// The name of the kind, and advice to the user.
    var message: String {
        switch self {
        case .utf16: "filterFile is UTF-16; save it as text in UTF-8, a key on each line"
        case .utf32: "filterFile is UTF-32; save it as text in UTF-8, a key on each line"
        case .workbook:
            "filterFile is a workbook (or another ZIP archive); save the column of keys as text in UTF-8, a key on each line"
        case .oldWorkbook:
            "filterFile is a workbook or document of an old Office format; save the column of keys as text in UTF-8"
        case .gzip: "filterFile is compressed with gzip; send it uncompressed"
        case .pdf: "filterFile is a PDF document; it must be text in UTF-8, a key on each line"
        }
    }
}
