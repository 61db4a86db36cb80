import CScan

/// The bytes with which a CSV field is not plain: the quote, the delimiter and COPY's escapes.
struct CSVAttention: CopyAttention {
    let delimiter: UInt8

    @inline(__always)
    func scan(_ place: UnsafeRawPointer) -> UInt64 { penstock_scan_csv(place, delimiter) }
}
