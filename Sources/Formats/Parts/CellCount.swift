/// How many cells of a table something happened to, and in which of its columns.
package struct CellCount: Sendable, Equatable {
    package private(set) var cells = 0
    /// A bit for each column, 64 to a word; no more words than the last column with such a cell needs.
    private var words: [UInt64] = []

    package init() {}

    mutating func add(column: Int) {
        cells += 1
        mark(column)
    }

    /// The columns with such cells, counted from 0, in order.
    package var columns: [Int] {
        words.indices.flatMap { index in
            (0..<64).filter { words[index] >> UInt64($0) & 1 == 1 }.map { index * 64 + $0 }
        }
    }

    /// The same cells in a table whose columns are counted on from those of tables before it.
    func shifted(by offset: Int) -> CellCount {
        var shifted = CellCount()
        shifted.cells = cells
        for column in columns { shifted.mark(column + offset) }
        return shifted
    }

    package static func += (sum: inout CellCount, other: CellCount) {
        sum.cells += other.cells
        for index in other.words.indices {
            if index == sum.words.count { sum.words.append(0) }
            sum.words[index] |= other.words[index]
        }
    }

    private mutating func mark(_ column: Int) {
        while words.count <= column >> 6 { words.append(0) }
        words[column >> 6] |= 1 << UInt64(column & 63)
    }
}

/// As it travels from a part to the joiner: the cells, how many words there are, the words.
extension CellCount {
    var serialized: [UInt64] { [UInt64(cells), UInt64(words.count)] + words }

    /// Takes one off the front of `rest`; nil when the words there are no count.
    init?(_ rest: inout ArraySlice<UInt64>) {
        guard let first = rest.popFirst(), let cells = Int(exactly: first), let count = rest.popFirst(),
            count <= UInt64(rest.count)
        else { return nil }
        self.cells = cells
        words = Array(rest.prefix(Int(count)))
        rest = rest.dropFirst(Int(count))
    }
}
