extension UInt8 {
    @inlinable package var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
    @inlinable package var isASCIILetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    @inlinable package var isASCIIUppercase: Bool { self >= 0x41 && self <= 0x5A }
}

extension String {
    /// Lower case in ASCII only: protocol names know no other letters, and `İ` must not become an `i`.
    package var lowercasedASCII: String {
        guard utf8.contains(where: \.isASCIIUppercase) else { return self }
        return String(decoding: utf8.map { $0.isASCIIUppercase ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

extension Int {
    /// The number that `text` writes in ASCII digits only: no sign, no space, nothing of another script.
    package init?(decimalDigits text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
        self.init(text)
    }
}
