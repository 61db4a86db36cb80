import CScan

/// The bytes with which a worksheet's text is not plain: COPY's escapes, control characters, markup, `_` (which may
/// begin an `_xHHHH_` that has to be escaped itself) and 0xEF (which begins U+FFFE and U+FFFF, among much that is
/// harmless).
struct SheetAttention: CopyAttention {
    @inline(__always)
    func scan(_ place: UnsafeRawPointer) -> UInt64 { penstock_scan_sheet(place) }
}
