import Glibc

/// An IPv4 or IPv6 address. An IPv4 address that is written as an IPv6 one (`::ffff:127.0.0.1`) is the IPv4 address.
package struct NetworkAddress: Equatable, Sendable {
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        let isMapped = bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10...11] == [0xFF, 0xFF]
        self.bytes = isMapped ? Array(bytes[12...]) : bytes
    }

    /// Exactly four decimal numbers, or IPv6 text without brackets and zone; nothing that only some programs take for an
    /// address (`127.1`, `0x7f000001`, `2130706433`).
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(bytes: withUnsafeBytes(of: &four) { Array($0) })
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(bytes: withUnsafeBytes(of: &six) { Array($0) })
        } else {
            return nil
        }
    }

    /// The address and port that a socket is about to connect to; nil for another family.
    package static func endpoint(_ address: UnsafePointer<sockaddr>) -> (address: NetworkAddress, port: UInt16)? {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            var four = raw.loadUnaligned(as: sockaddr_in.self)
            let bytes = withUnsafeBytes(of: &four.sin_addr) { Array($0) }
            return NetworkAddress(bytes: bytes).map { ($0, UInt16(bigEndian: four.sin_port)) }
        case AF_INET6:
            var six = raw.loadUnaligned(as: sockaddr_in6.self)
            let bytes = withUnsafeBytes(of: &six.sin6_addr) { Array($0) }
            return NetworkAddress(bytes: bytes).map { ($0, UInt16(bigEndian: six.sin6_port)) }
        default: return nil
        }
    }

    /// Whether packets to it leave for the public internet: no address of this host, this network, an operator's or a
    /// laboratory's, and none in which one of those is wrapped (IANA's special-purpose registries, RFC 6890).
    package var isPublic: Bool {
        if Self.special.contains(where: { $0.contains(self) }) { return false }
        guard bytes.count == 16 else { return true }
        // 2000::/3 is what has been given out; all else is special or not there.
        guard bytes[0] & 0xE0 == 0x20 || Self.translated.contains(self) else { return false }
        return wrapped.map(\.isPublic) ?? true
    }

    /// The IPv4 address that a translator (64:ff9b::/96) or a relay (2002::/16) would take the packets to.
    private var wrapped: NetworkAddress? {
        if Self.translated.contains(self) { return NetworkAddress(bytes: Array(bytes[12...])) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return NetworkAddress(bytes: Array(bytes[2...5])) }
        return nil
    }

    private static let translated = AddressRange("64:ff9b::/96")!
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20",
    ].compactMap(AddressRange.init)
}

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
