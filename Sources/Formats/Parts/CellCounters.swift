/// The counts of a workbook's cells that a receipt has besides the number of rows. Parts count apart and are added up.
package struct CellCounters: Sendable, Equatable {
    /// Texts of more than 32,767 UTF-16 units, which were cut there.
    package var textsCut = 0
    /// Integers with more digits than a cell keeps, written as text with all of them.
    package var integersAsText = CellCount()
    /// Numbers that a cell cannot hold, written as text: NaN, ±Infinity, and those too large or too near to 0.
    package var numbersAsText = CellCount()
    /// Decimals that a cell does not keep to the last digit: it holds the nearest number that it can say.
    package var numbersRounded = CellCount()
    /// Dates and times that a spreadsheet's calendar does not have, written as text.
    package var datesAsText = CellCount()
    /// Texts, headers included, that look like a formula and got the style that keeps them text.
    package var formulasNeutralised = 0
    /// Cells that name a shared string.
    package var sharedStringUses = 0
    /// Bytes that were no UTF-8, each replaced by U+FFFD.
    package var bytesRepaired = 0

    package init() {}

    package static func += (sum: inout CellCounters, other: CellCounters) {
        sum.textsCut += other.textsCut
        sum.integersAsText += other.integersAsText
        sum.numbersAsText += other.numbersAsText
        sum.numbersRounded += other.numbersRounded
        sum.datesAsText += other.datesAsText
        sum.formulasNeutralised += other.formulasNeutralised
        sum.sharedStringUses += other.sharedStringUses
        sum.bytesRepaired += other.bytesRepaired
    }

    /// The same of a table whose columns are counted on from those of tables before it.
    func shifted(by offset: Int) -> CellCounters {
        guard offset > 0 else { return self }
        var shifted = self
        shifted.integersAsText = integersAsText.shifted(by: offset)
        shifted.numbersAsText = numbersAsText.shifted(by: offset)
        shifted.numbersRounded = numbersRounded.shifted(by: offset)
        shifted.datesAsText = datesAsText.shifted(by: offset)
        return shifted
    }
}

/// As they travel from a part to the joiner.
extension CellCounters {
    var serialized: [UInt64] {
        [textsCut, formulasNeutralised, sharedStringUses, bytesRepaired].map { UInt64($0) }
            + integersAsText.serialized + numbersAsText.serialized + numbersRounded.serialized
            + datesAsText.serialized
    }

    /// Nil when the words are no counters.
    init?(_ words: [UInt64]) {
        var rest = words[...]
        let totals = rest.prefix(4).compactMap { Int(exactly: $0) }
        rest = rest.dropFirst(4)
        guard totals.count == 4, let integers = CellCount(&rest), let numbers = CellCount(&rest),
            let rounded = CellCount(&rest), let dates = CellCount(&rest), rest.isEmpty
        else { return nil }
        (textsCut, formulasNeutralised, sharedStringUses, bytesRepaired) = (totals[0], totals[1], totals[2], totals[3])
        (integersAsText, numbersAsText, numbersRounded, datesAsText) = (integers, numbers, rounded, dates)
    }
}
