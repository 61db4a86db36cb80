import CScan

/// Which bytes of a row an encoder wants to hear of, asked of sixteen bytes at once.
///
/// TAB and the backslash must always be among them: without the one there are no fields, without the other escapes
/// would pass for plain text.
protocol CopyAttention {
    /// For each of the sixteen bytes at `place` a bit in each third of the result: bits 0…15 are set for a TAB, bits
    /// 16…31 for other bytes of interest, bits 32…47 for those above ASCII.
    func scan(_ place: UnsafeRawPointer) -> UInt64
}

/// No more than every splitter must hear of.
struct CopyEscapes: CopyAttention {
    @inline(__always)
    func scan(_ place: UnsafeRawPointer) -> UInt64 { penstock_scan_escapes(place) }
}
