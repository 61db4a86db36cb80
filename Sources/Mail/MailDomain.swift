/// The domain of an e-mail address, in ASCII and lower case: a domain of other letters as IDNA writes it (`xn--…`).
package struct MailDomain: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// - Returns: nil for a text that is no domain of two labels or more.
    package init?(_ text: some StringProtocol) {
        let labels = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        var ascii: [String] = []
        for label in labels {
            guard let label = Self.label(label) else { return nil }
            ascii.append(label)
        }
        let joined = ascii.joined(separator: ".")
        // A last label of digits would be an address.
        guard ascii.count >= 2, joined.utf8.count <= 253, ascii.last?.contains(where: { !$0.isNumber }) == true else {
            return nil
        }
        description = joined
    }

    private static func label(_ label: Substring) -> String? {
        var text = String(label)
        if !label.utf8.allSatisfy({ $0 < 0x80 }) {
            guard label.unicodeScalars.allSatisfy(isLetter), let encoded = Punycode.encode(label) else { return nil }
            text = "xn--\(encoded)"
        }
        guard (1...63).contains(text.utf8.count), text.utf8.allSatisfy(isLabelByte), !text.hasPrefix("-"),
            !text.hasSuffix("-")
        else { return nil }
        return text
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return isLabelByte(UInt8(scalar.value)) }
        return switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber: true
        default: false
        }
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
    }
}

/// RFC 3492 with the parameters of section 5.
enum Punycode {
    private static let (base, tMin, tMax, skew, damp) = (36, 1, 26, 38, 700)

    /// - Returns: nil where a number would be too large.
    static func encode(_ label: some StringProtocol) -> String? {
        let points = label.unicodeScalars.map { Int($0.value) }
        let basic = points.filter { $0 < 0x80 }
        var output = basic.map { UInt8($0) }
        if !basic.isEmpty { output.append(UInt8(ascii: "-")) }
        var (n, delta, bias, handled) = (0x80, 0, 72, basic.count)
        while handled < points.count {
            guard let next = points.filter({ $0 >= n }).min() else { return nil }
            let (more, isTooLarge) = (next - n).multipliedReportingOverflow(by: handled + 1)
            guard !isTooLarge, delta + more < Int(Int32.max) else { return nil }
            delta += more
            n = next
            for point in points {
                if point < n { delta += 1 }
                guard point == n else { continue }
                var (q, k) = (delta, base)
                while true {
                    let t = k <= bias ? tMin : k >= bias + tMax ? tMax : k - bias
                    if q < t { break }
                    output.append(digit(t + (q - t) % (base - t)))
                    q = (q - t) / (base - t)
                    k += base
                }
                output.append(digit(q))
                bias = adapt(delta, handled + 1, isFirst: handled == basic.count)
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? 0x61 + value : 0x30 + value - 26) }

    private static func adapt(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var k = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + skew)
    }
}

/// The domains to which e-mail may be sent: `example.com` that one alone, `*.example.com` all below it.
package struct MailDomains: Equatable, Sendable {
    private let exact: Set<MailDomain>
    private let above: [MailDomain]

    package static let none = MailDomains(exact: [], above: [])

    private init(exact: Set<MailDomain>, above: [MailDomain]) {
        self.exact = exact
        self.above = above
    }

    package var isEmpty: Bool { exact.isEmpty && above.isEmpty }

    /// - Parameter text: domains between commas or spaces.
    /// - Returns: nil when one of them is none, which `wrong` then has.
    package init?(_ text: String, wrong: inout String) {
        var (exact, above) = (Set<MailDomain>(), [MailDomain]())
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let isAbove = part.hasPrefix("*.")
            guard let domain = MailDomain(isAbove ? part.dropFirst(2) : part) else {
                wrong = String(part)
                return nil
            }
            if isAbove { above.append(domain) } else { exact.insert(domain) }
        }
        self.init(exact: exact, above: above)
    }

    package func contains(_ domain: MailDomain) -> Bool {
        exact.contains(domain) || above.contains { domain.description.hasSuffix(".\($0)") }
    }
}
