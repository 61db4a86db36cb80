import Coding

/// The media ranges of an `Accept` header (RFC 9110 section 12.5.1).
package struct AcceptHeader: Equatable, Sendable {
    struct Range: Equatable, Sendable {
        let type: String
        let subtype: String
        let quality: Quality
    }

    let ranges: [Range]

    /// Reads all occurrences of the header as one list. A malformed range is left out: the header is a preference, and
    /// a misspelt preference is no reason to refuse an answer.
    package init(_ values: [String]) {
        ranges = values.flatMap { $0.splitOutsideQuotes(",") }.compactMap { element in
            guard let media = MediaType(element.trimmedOWS) else { return nil }
            guard let quality = Quality(media.parameters["q"] ?? "1") else { return nil }
            return Range(type: media.type, subtype: media.subtype, quality: quality)
        }
    }

    /// The quality of the most specific range that covers the type; nil when no range does.
    private func quality(_ type: String, _ subtype: String) -> Quality? {
        for (wantedType, wantedSubtype) in [(type, subtype), (type, "*"), ("*", "*")] {
            let matching = ranges.filter { $0.type == wantedType && $0.subtype == wantedSubtype }
            if let best = matching.map(\.quality).max() { return best }
        }
        return nil
    }

    /// In which form errors are written for this client.
    ///
    /// RFC 9457's when the client names it and does not prefer plain JSON; a mere `*/*` asks for the surface's own.
    /// There is no 406: a client that accepts neither still gets JSON, from which it learns more than from nothing.
    package var errorForm: ErrorForm {
        let problem = ranges.filter { $0.type == "application" && $0.subtype == "problem+json" }.map(\.quality).max()
        guard let problem, problem > .zero else { return .surface }
        return problem >= quality("application", "json") ?? .zero ? .problem : .surface
    }

    package enum ErrorForm: Sendable {
        /// The form that the surface's document gives, as `application/json`.
        case surface
        /// RFC 9457, as `application/problem+json`.
        case problem
    }
}

/// A weight of RFC 9110 section 12.4.2 in thousandths.
struct Quality: Comparable, Sendable {
    static let zero = Quality(thousandths: 0)

    let thousandths: Int

    private init(thousandths: Int) { self.thousandths = thousandths }

    /// `0`, `0.5`, `1.000`: one digit, then at most three decimals, no more than 1 in all.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first == 0x30 || first == 0x31, bytes.count <= 5 else { return nil }
        guard bytes.count == 1 || bytes[1] == UInt8(ascii: ".") else { return nil }
        var decimals = 0
        for index in 2..<5 {
            let digit = index < bytes.count ? bytes[index] : 0x30
            guard digit.isASCIIDigit else { return nil }
            decimals = decimals * 10 + Int(digit - 0x30)
        }
        thousandths = Int(first - 0x30) * 1000 + decimals
        guard thousandths <= 1000 else { return nil }
    }

    static func < (left: Quality, right: Quality) -> Bool { left.thousandths < right.thousandths }
}
