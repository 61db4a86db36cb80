/// The labels of related rows by their keys, both as COPY writes them, escapes and all: a label takes its key's place
/// in a row without being looked at.
package final class LabelTable {
    private let keys: ByteIndex
    /// The labels' bytes, end to end, and where each begins; one place more than there are labels.
    private let labels: UnsafeMutablePointer<UInt8>
    private let places: UnsafeMutablePointer<Int>
    let longest: Int

    /// - Parameter rows: key and label of each related row. A row whose key is NULL matches no row of the report.
    /// - Returns: nil when two rows have the same key: a join would bring both.
    package init?(_ rows: [(key: [UInt8], label: [UInt8])]) {
        let rows = rows.filter { $0.key != CopyField.nullBytes }
        guard Set(rows.map(\.key)).count == rows.count else { return nil }
        keys = ByteIndex(rows.map(\.key))
        labels = .allocate(capacity: max(rows.reduce(0) { $0 + $1.label.count }, 1))
        places = .allocate(capacity: rows.count + 1)
        longest = max(rows.map(\.label.count).max() ?? 0, CopyField.nullBytes.count)
        var offset = 0
        for (number, row) in rows.enumerated() {
            (labels + offset).update(from: row.label, count: row.label.count)
            (places + number).initialize(to: offset)
            offset += row.label.count
        }
        (places + rows.count).initialize(to: offset)
    }

    deinit {
        labels.deallocate()
        places.deallocate()
    }

    /// The label of a key, as a left join would have it; nil stands for NULL.
    @inline(__always)
    func label(ofKey key: CopyField) -> UnsafeBufferPointer<UInt8>? {
        guard let number = keys.number(of: key.start, count: key.count) else { return nil }
        return UnsafeBufferPointer(start: labels + places[number], count: places[number + 1] - places[number])
    }
}
