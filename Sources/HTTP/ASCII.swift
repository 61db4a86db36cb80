extension UInt8 {
    package var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
    package var isASCIILetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    var isASCIIUppercase: Bool { self >= 0x41 && self <= 0x5A }

    /// A character of a token (RFC 9110 section 5.6.2): of header names, methods, media types.
    var isToken: Bool {
        isASCIIDigit || isASCIILetter || "!#$%&'*+-.^_`|~".utf8.contains(self)
    }

    /// The value of a hexadecimal digit of either case.
    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}

extension String {
    /// Lower case in ASCII only: protocol names know no other letters, and `İ` must not become an `i`.
    package var lowercasedASCII: String {
        guard utf8.contains(where: \.isASCIIUppercase) else { return self }
        return String(decoding: utf8.map { $0.isASCIIUppercase ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Without the spaces and tabs at either end: the OWS of RFC 9110 section 5.6.3.
    package var trimmedOWS: String {
        var bytes = utf8[...]
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(bytes) ?? ""
    }

    /// The parts between `separator`, which does not separate inside a quoted string (RFC 9110 section 5.6.4).
    func splitOutsideQuotes(_ separator: Character) -> [String] {
        var parts: [String] = [""]
        var isQuoted = false
        var isEscaped = false
        for character in self {
            if character == separator && !isQuoted {
                parts.append("")
                continue
            }
            if isEscaped {
                isEscaped = false
            } else if isQuoted && character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            }
            parts[parts.count - 1].append(character)
        }
        return parts
    }
}

extension Int {
    /// The number that `text` writes in ASCII digits only: no sign, no space, nothing of another script.
    package init?(decimalDigits text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
        self.init(text)
    }
}
