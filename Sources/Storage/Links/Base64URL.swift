/// base64url without padding (RFC 4648 section 5), one spelling for each value.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            pending = (pending << 8) | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int((pending >> bits) & 0x3F)])
            }
        }
        if bits > 0 { text.append(alphabet[Int((pending << (6 - bits)) & 0x3F)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nothing for a character outside the alphabet, padding, an impossible length, or bits left over that are not
    /// zero: no two texts give the same bytes.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            pending = (pending << 6) | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
            pending &= (1 << bits) - 1
        }
        return bits < 6 && pending == 0 ? bytes : nil
    }
}
