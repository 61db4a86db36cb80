import CScan

/// The bytes that a JSON string escapes: the quote, the backslash, which COPY escapes too, and all below the space.
struct JSONLAttention: CopyAttention {
    @inline(__always)
    func scan(_ place: UnsafeRawPointer) -> UInt64 { penstock_scan_json(place) }
}
