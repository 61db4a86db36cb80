/// How many columns of a terminal, or digits' widths of a font, a text takes: two for characters that East Asian fonts
/// draw wide and for emoji, 0 for combining marks, one for all others.
///
/// Source: UAX #11 (East Asian Width, W and F), of which only the blocks are kept: the others that are wide there are
/// emoji.
enum DisplayWidth {
    private static let wideBlocks: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3,
        0xF900...0xFAD9, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FB,
        0x1F200...0x1F2FF, 0x20000...0x3FFFD,
    ]

    /// The width of the widest of a text's lines.
    static func widestLine(of text: String) -> Int {
        var widest = 0
        var width = 0
        var last = Last.other
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\r" {
                widest = max(widest, width)
                width = 0
                last = .other
                continue
            }
            width += columns(of: scalar, after: &last)
        }
        return max(widest, width)
    }

    /// The scalar before, as far as the next one's width depends on it.
    private enum Last {
        case joiner, narrow, wide, other
    }

    private static func columns(of scalar: Unicode.Scalar, after last: inout Last) -> Int {
        let value = scalar.value
        if value < 0x300 {
            last = .narrow
            return value == 0xAD ? 0 : 1
        }
        switch value {
        case 0x200D:
            // The characters that it joins are drawn as one.
            last = .joiner
            return 0
        case 0xFE0F:
            // Asks for the emoji that the character before also is.
            defer { last = .wide }
            return last == .narrow ? 1 : 0
        case 0x1F3FB...0x1F3FF where last == .wide: return 0
        default: break
        }
        let isJoined = last == .joiner
        let isWide = wideBlocks.contains { $0.contains(value) } || scalar.properties.isEmojiPresentation
        // Two letters of a flag make one emoji.
        if (0x1F1E6...0x1F1FF).contains(value) {
            last = .other
            return 1
        }
        if !isWide, isMark(scalar) { return 0 }
        last = isWide ? .wide : .narrow
        return isJoined ? 0 : isWide ? 2 : 1
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        // Hangul vowels and finals are drawn into the syllable that a wide initial began.
        if (0x1160...0x11FF).contains(scalar.value) { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return true
        default: return false
        }
    }
}
