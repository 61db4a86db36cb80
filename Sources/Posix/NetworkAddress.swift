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

    /// Exactly four decimal numbers, or IPv6 text without brackets and zone; nothing that only some programs take for
    /// an address (`127.1`, `0x7f000001`, `2130706433`).
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
}
