import Deflate

/// Rows of a table that follow each other in one sheet, as a part wrote them: either whole chunks, deflated, which go
/// into the workbook byte for byte, or less than a chunk as plain XML, which has to be deflated with its neighbours.
///
///     part 1  │ packed: chunks 0, 1, 2 │ plain: half of chunk 3 │
///     part 2                                                    │ plain: the other half │ packed: chunks 4, 5 │ …
///     file    │ 0, 1, 2 byte for byte  │ chunk 3, deflated by who joins the parts       │ 4, 5 byte for byte  │ …
package struct SheetSegment: Sendable, Equatable {
    /// The table's data row, counted from 0, with which it begins.
    package let firstRow: Int
    package var rows: Int
    package let isPacked: Bool
    /// Of its XML.
    package var checksum: CRC32
    /// Bytes that it takes in the part's file: of XML when it is plain, of deflated XML when it is packed.
    package var storedBytes: Int

    package init(firstRow: Int, rows: Int, isPacked: Bool, checksum: CRC32, storedBytes: Int) {
        self.firstRow = firstRow
        self.rows = rows
        self.isPacked = isPacked
        self.checksum = checksum
        self.storedBytes = storedBytes
    }

    /// Six numbers with spaces between them, for a part's row in the database.
    package var text: String {
        "\(firstRow) \(rows) \(isPacked ? 1 : 0) \(checksum.value) \(checksum.length) \(storedBytes)"
    }

    /// Takes what `text` gives.
    package init?(text: String) {
        let numbers = text.split(separator: " ", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard numbers.count == 6, numbers.allSatisfy({ $0 >= 0 }), numbers[2] <= 1,
            let crc = UInt32(exactly: numbers[3])
        else { return nil }
        self.init(
            firstRow: numbers[0], rows: numbers[1], isPacked: numbers[2] == 1,
            checksum: CRC32(value: crc, length: numbers[4]), storedBytes: numbers[5])
        guard self.text == text else { return nil }
    }
}
