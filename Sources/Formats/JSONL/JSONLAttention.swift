/// The bytes that a JSON string escapes: the quote, the backslash, which COPY escapes too, and all below the space.
struct JSONLAttention: CopyAttention {
    @inline(__always)
    func unnoticed(_ word: UInt64) -> UInt64 {
        EightBytes.atLeastSpace(word) & EightBytes.different(word, from: 0x5C5C_5C5C_5C5C_5C5C)
            & EightBytes.different(word, from: 0x2222_2222_2222_2222)
    }
}
