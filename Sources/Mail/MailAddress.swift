/// An address to which e-mail is sent, all of it ASCII without a space: `name@example.com`. A name in quotation marks
/// or of other letters is none, so that an address can stand in a command and in a header as it is.
package struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let domain: MailDomain

    /// RFC 5321, section 4.5.3.1: 64 bytes of a name, 254 of a whole address.
    package init?(_ text: some StringProtocol) {
        guard let at = text.lastIndex(of: "@"), let domain = MailDomain(text[text.index(after: at)...]) else {
            return nil
        }
        let name = text[..<at]
        let atoms = name.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...64).contains(name.utf8.count), atoms.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isAtom) })
        else { return nil }
        self.name = String(name)
        self.domain = domain
        guard description.utf8.count <= 254 else { return nil }
    }

    package var description: String { "\(name)@\(domain)" }

    /// RFC 5322, section 3.2.3.
    private static func isAtom(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}

/// An address with the name that people see: `Reports <reports@example.com>`, or the address alone.
package struct Mailbox: Equatable, Sendable {
    package let label: String?
    package let address: MailAddress

    package init?(_ text: String) {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return nil }
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            guard let address = MailAddress(text) else { return nil }
            (label, self.address) = (nil, address)
            return
        }
        guard let address = MailAddress(text[text.index(after: open)...].dropLast()) else { return nil }
        var name = text[..<open]
        while name.last == " " || name.last == "\"" { name.removeLast() }
        while name.first == " " || name.first == "\"" { name.removeFirst() }
        label = name.isEmpty ? nil : String(name)
        self.address = address
    }
}
