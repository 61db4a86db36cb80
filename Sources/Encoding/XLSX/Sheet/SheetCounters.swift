/// What a receipt says of a workbook's cells besides their rows. Parts count apart and are added up.
package struct SheetCounters: Sendable, Equatable {
    /// Texts of more than 32,767 UTF-16 units, which lost what was beyond.
    package var textsCut = 0
    /// Numbers with more digits than a cell keeps, written as text with all of them.
    package var numbersAsText = 0
    /// Texts, headers included, that look like a formula and got the style that keeps them text.
    package var formulasNeutralised = 0
    /// Cells that name a shared string.
    package var sharedStringUses = 0
    /// Bytes that were no UTF-8, each replaced by U+FFFD.
    package var bytesRepaired = 0

    package init() {}

    package static func += (sum: inout SheetCounters, other: SheetCounters) {
        sum.textsCut += other.textsCut
        sum.numbersAsText += other.numbersAsText
        sum.formulasNeutralised += other.formulasNeutralised
        sum.sharedStringUses += other.sharedStringUses
        sum.bytesRepaired += other.bytesRepaired
    }
}
