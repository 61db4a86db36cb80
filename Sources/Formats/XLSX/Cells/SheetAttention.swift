/// The bytes with which a worksheet's text is not plain: COPY's escapes, control characters, markup, `_` (which may
/// begin an
/// `_xHHHH_` that has to be escaped itself) and 0xEF (which begins U+FFFE and U+FFFF, among much that is harmless).
struct SheetAttention: CopyAttention {
    /// Two comparisons stand for six bytes: setting the low bits folds `<` into `>`, and `\ ]  ^` into `_`.
    @inline(__always)
    func unnoticed(_ word: UInt64) -> UInt64 {
        EightBytes.atLeastSpace(word)
            & EightBytes.different(word, from: 0x2626_2626_2626_2626)
            & EightBytes.different(word | 0x0202_0202_0202_0202, from: 0x3E3E_3E3E_3E3E_3E3E)
            & EightBytes.different(word | 0x0303_0303_0303_0303, from: 0x5F5F_5F5F_5F5F_5F5F)
            & EightBytes.different(word, from: 0xEFEF_EFEF_EFEF_EFEF)
    }
}
