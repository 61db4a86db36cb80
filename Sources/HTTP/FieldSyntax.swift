import Coding

extension UInt8 {
    /// A character of a token (RFC 9110 section 5.6.2): of header names, methods, media types.
    var isToken: Bool {
        isASCIIDigit || isASCIILetter || "!#$%&'*+-.^_`|~".utf8.contains(self)
    }
}

extension String {
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
