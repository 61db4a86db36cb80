/// The tokens of a configuration file, as `ngx_conf_read_token` (src/core/ngx_conf_file.c) cuts them.
///
/// A quote only opens at the beginning of a word; `#` begins a comment only there; `${` does not open a block; a
/// backslash takes the next byte as it is, or as a tab or line break.
struct Tokens {
    enum Token: Equatable {
        case word(String)
        case end
        case open
        case close
    }

    private let bytes: [UInt8]
    private let file: String
    private var at = 0
    private(set) var line = 1

    init(_ text: [UInt8], file: String) {
        bytes = text
        self.file = file
    }

    var place: Place { Place(file: file, line: line) }

    /// The next token, nil at the end of the file.
    /// - Throws: `NginxError` for a quoted word that does not end.
    mutating func next() throws(NginxError) -> Token? {
        skipBlanks()
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case UInt8(ascii: ";"): return single(.end)
        case UInt8(ascii: "{"): return single(.open)
        case UInt8(ascii: "}"): return single(.close)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .word(try quoted())
        default: return .word(bare())
        }
    }

    /// Skips to the brace that closes a block of another language (`content_by_lua_block`), whose opening one was read.
    /// - Throws: `NginxError` for a block that is not closed.
    mutating func skipForeignBlock() throws(NginxError) {
        let begin = place
        var depth = 1
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "\n"): line += 1
            default: break
            }
            at += 1
            if depth == 0 { return }
        }
        throw NginxError(begin, "this block is not closed")
    }

    private mutating func single(_ token: Token) -> Token {
        at += 1
        return token
    }

    private mutating func skipBlanks() {
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            case UInt8(ascii: "#"):
                while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
                continue
            default: return
            }
            at += 1
        }
    }

    private mutating func quoted() throws(NginxError) -> String {
        let begin = place
        let quote = bytes[at]
        at += 1
        var word: [UInt8] = []
        while at < bytes.count {
            if bytes[at] == quote {
                at += 1
                return String(decoding: word, as: UTF8.self)
            }
            word.append(character())
        }
        throw NginxError(begin, "this quote is not closed")
    }

    private mutating func bare() -> String {
        var word: [UInt8] = []
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ";"):
                return String(decoding: word, as: UTF8.self)
            case UInt8(ascii: "{") where word.last != UInt8(ascii: "$"):
                return String(decoding: word, as: UTF8.self)
            default: word.append(character())
            }
        }
        return String(decoding: word, as: UTF8.self)
    }

    private mutating func character() -> UInt8 {
        let byte = bytes[at]
        at += 1
        if byte == UInt8(ascii: "\n") { line += 1 }
        guard byte == UInt8(ascii: "\\"), at < bytes.count else { return byte }
        let escaped: UInt8
        switch bytes[at] {
        case UInt8(ascii: "t"): escaped = UInt8(ascii: "\t")
        case UInt8(ascii: "r"): escaped = UInt8(ascii: "\r")
        case UInt8(ascii: "n"): escaped = UInt8(ascii: "\n")
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): escaped = bytes[at]
        default: return byte
        }
        at += 1
        return escaped
    }
}
