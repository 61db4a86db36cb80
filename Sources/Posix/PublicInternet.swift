/// The addresses of the public internet, as IANA's special-purpose registries (RFC 6890) leave them.
package enum PublicInternet {
    /// Whether packets to an address leave for the public internet: it is no address of this host, of this network, of
    /// an operator's or a laboratory's network, and no such address is wrapped in it.
    package static func contains(_ address: NetworkAddress) -> Bool {
        if special.contains(where: { $0.contains(address) }) { return false }
        guard address.bytes.count == 16 else { return true }
        // 2000::/3 is the space that has been assigned; all else is special or unassigned.
        guard address.bytes[0] & 0xE0 == 0x20 || translated.contains(address) else { return false }
        return wrapped(in: address).map(contains) ?? true
    }

    /// The IPv4 address that a translator (64:ff9b::/96) or a relay (2002::/16) would send the packets to.
    private static func wrapped(in address: NetworkAddress) -> NetworkAddress? {
        if translated.contains(address) { return NetworkAddress(bytes: Array(address.bytes[12...])) }
        guard address.bytes[0] == 0x20, address.bytes[1] == 0x02 else { return nil }
        return NetworkAddress(bytes: Array(address.bytes[2...5]))
    }

    private static let translated = AddressRange("64:ff9b::/96")!
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20",
    ].compactMap(AddressRange.init)
}
