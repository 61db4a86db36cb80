/// The cost of a yescrypt or scrypt hash, read from its setting: N blocks of 128·r bytes, p times.
///
/// The encodings are those of libxcrypt's yescrypt-common.c; digits are `./0-9A-Za-z`, least significant first.
struct YescryptCost: Equatable {
    /// Memory of one computation.
    let bytes: Int
    /// Memory that is filled in all.
    let workBytes: Int

    /// The field after `$y$` or `$gy$`, e.g. `j9T`: flavour, log2 N and r, each of one digit or more. Nil for one that
    /// has more (p, t, g, a ROM), which crypt_gensalt(3) never makes.
    init?(yescrypt setting: String) {
        var digits = Array(setting.utf8)[...]
        guard Self.number(&digits, from: 0) != nil, let exponent = Self.number(&digits, from: 1),
            let blocks = Self.number(&digits, from: 1), digits.isEmpty
        else { return nil }
        self.init(exponent: exponent, blocks: blocks, lanes: 1)
    }

    /// The field after `$7$`: one digit of log2 N, five of r, five of p, and the salt.
    init?(scrypt setting: String) {
        let digits = Array(setting.utf8)
        guard digits.count >= 11, let exponent = Self.value(digits[0]), let blocks = Self.fixed(digits[1..<6]),
            let lanes = Self.fixed(digits[6..<11])
        else { return nil }
        self.init(exponent: exponent, blocks: blocks, lanes: lanes)
    }

    private init?(exponent: Int, blocks: Int, lanes: Int) {
        // Beyond these the product would not fit, and no memory holds it.
        guard (1...40).contains(exponent), (1...65_536).contains(blocks), (1...64).contains(lanes) else { return nil }
        bytes = 128 * blocks << exponent
        workBytes = bytes * lanes
    }

    private static func value(_ digit: UInt8) -> Int? {
        Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8).firstIndex(of: digit)
    }

    private static func fixed(_ digits: ArraySlice<UInt8>) -> Int? {
        var number = 0
        for digit in digits.reversed() {
            guard let value = value(digit) else { return nil }
            number = number << 6 | value
        }
        return number
    }

    /// A number of variable length: the first digit says how many follow (decode64_uint32).
    private static func number(_ digits: inout ArraySlice<UInt8>, from least: Int) -> Int? {
        guard let first = digits.popFirst().flatMap(value) else { return nil }
        var (number, start, end, more) = (least, 0, 47, 0)
        while first > end {
            number += (end + 1 - start) << (6 * more)
            start = end + 1
            end = start + (62 - end) / 2
            more += 1
        }
        number += (first - start) << (6 * more)
        for place in (0..<more).reversed() {
            guard let next = digits.popFirst().flatMap(value) else { return nil }
            number += next << (6 * place)
        }
        return number
    }
}
