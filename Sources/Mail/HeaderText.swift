import Coding

/// Text in the header of a message.
enum HeaderText {
    /// A text without line breaks, as it stands in a `Subject`: as it is when it is plain ASCII, or else as encoded
    /// words of RFC 2047, each at most 75 characters in a line of its own.
    static func unstructured(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !text.contains("=?")
        return isPlain && text.utf8.count <= 900 ? text : encoded(text)
    }

    /// The name before an address: letters, digits and spaces as they are, all others encoded.
    static func phrase(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x20
        }
        return isPlain ? text : encoded(text)
    }

    private static func encoded(_ text: String) -> String {
        var words: [String] = []
        var word: [UInt8] = []
        func end() {
            if !word.isEmpty { words.append("=?utf-8?B?\(Base64.encode(word, .standard))?=") }
            word = []
        }
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > 45 { end() }
            word += bytes
        }
        end()
        return words.joined(separator: "\r\n ")
    }

    /// The text of a body in quoted-printable (RFC 2045, section 6.7): lines of at most 76 characters, ended by CRLF.
    static func quotedPrintable(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var width = 0
            let bytes = Array(line.utf8)
            for (index, byte) in bytes.enumerated() {
                let isLast = index == bytes.count - 1
                let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || byte == 0x20 && !isLast
                let piece: [UInt8] =
                    isPlain ? [byte] : [UInt8(ascii: "=")] + Array([byte].hexadecimal.uppercased().utf8)
                if width + piece.count > 75 {
                    output += Array("=\r\n".utf8)
                    width = 0
                }
                output += piece
                width += piece.count
            }
            output += Array("\r\n".utf8)
        }
        return output
    }
}
