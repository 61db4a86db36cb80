/// The bytes with which a CSV field is not plain: the quote, the delimiter and COPY's escapes.
struct CSVAttention: CopyAttention {
    private let delimiters: UInt64

    init(delimiter: UInt8) { delimiters = EightBytes.all(delimiter) }

    @inline(__always)
    func unnoticed(_ word: UInt64) -> UInt64 {
        EightBytes.different(word, from: 0x0909_0909_0909_0909)
            & EightBytes.different(word, from: 0x5C5C_5C5C_5C5C_5C5C)
            & EightBytes.different(word, from: 0x2222_2222_2222_2222)
            & EightBytes.different(word, from: delimiters)
    }
}
