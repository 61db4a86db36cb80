/// All addresses that begin with the same bits: `10.0.0.0/8`, `fd00::/8`; a single address without a length.
package struct AddressRange: Equatable, Sendable {
    private let base: NetworkAddress
    private let length: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = parts.first.flatMap({ NetworkAddress(String($0)) }) else { return nil }
        let bits = base.bytes.count * 8
        guard let length = parts.count == 2 ? Int(parts[1]) : bits, (0...bits).contains(length) else { return nil }
        self.base = base
        self.length = length
    }

    package func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let whole = length / 8
        guard address.bytes[..<whole] == base.bytes[..<whole] else { return false }
        let rest = length % 8
        return rest == 0 || (address.bytes[whole] ^ base.bytes[whole]) >> UInt8(8 - rest) == 0
    }
}
