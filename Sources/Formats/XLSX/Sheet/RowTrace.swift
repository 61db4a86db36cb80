import Deflate

/// Where the last row's text stands, so that the deflater need not search for it in the next one.
///
///     </v></c><c r="C71"><v>55</v></c><c r="D71"><v>
///                       above: column C, a row before; the 1 and what follows it: the cell beside, with the same form
struct RowTrace: ~Copyable {
    /// What follows a cell's row number, by which cells of a row are alike.
    enum Form {
        static let ofKind = 0
        static let shared = 5
        static let slow = 6
        static let empty = 7
        static let count = 8
    }

    /// Where the last cell of each form has its row number, then where the last cell of each column begins; as
    /// `MatchHints` counts.
    private let places: UnsafeMutablePointer<UInt32>
    private let count: Int
    /// Where the last row begins, and where its last value ends.
    private var last: UInt32 = 0
    private var valueEnd: UInt32 = 0

    init(columnCount: Int) {
        count = Form.count + columnCount
        places = .allocate(capacity: count)
        places.initialize(repeating: 0, count: count)
    }

    deinit { places.deallocate() }

    /// What comes next is a piece of its own.
    mutating func restart() {
        places.update(repeating: 0, count: count)
        last = 0
        valueEnd = 0
    }

    /// A row's tag was written.
    /// - Parameters:
    ///   - start: of the row, which has so many bytes before it that were not handed on yet.
    func row(
        _ start: UnsafeMutablePointer<UInt8>, behind bytes: Int, _ cursor: SheetCursor, _ hints: inout MatchHints
    ) -> Row {
        let first = hints.reserve(count)
        var row = Row(
            start: start, origin: hints.moved &+ UInt32(truncatingIfNeeded: bytes), places: places, first: first,
            next: first, valueEnd: valueEnd)
        row.note(above: row.origin &- last, beside: 0, end: row.place(cursor.position))
        row.valueEnd = row.place(cursor.position)
        return row
    }

    /// The row's last cell was written.
    mutating func end(_ row: Row, _ hints: inout MatchHints) {
        hints.advance(row.first.distance(to: row.next))
        last = row.origin
        valueEnd = row.valueEnd
    }

    /// A row while it is written; apart, so that the loop over its cells can keep all of it in registers.
    struct Row {
        fileprivate let start: UnsafeMutablePointer<UInt8>
        fileprivate let origin: UInt32
        fileprivate let places: UnsafeMutablePointer<UInt32>
        fileprivate let first: UnsafeMutablePointer<MatchHints.Hint>
        fileprivate var next: UnsafeMutablePointer<MatchHints.Hint>
        fileprivate var valueEnd: UInt32

        /// A cell was written.
        /// - Parameters:
        ///   - cell: where it begins; `number` is where its row number does.
        @inline(__always)
        mutating func note(
            cell: UnsafeMutablePointer<UInt8>, number: UnsafeMutablePointer<UInt8>, _ cursor: SheetCursor, column: Int,
            form: Int
        ) {
            let (cell, number) = (place(cell), place(number))
            let above = places + (Form.count + column)
            let beside = places + form
            note(
                above: cell &- above.pointee, beside: number &- beside.pointee, end: place(cursor.valueStart))
            above.pointee = cell
            beside.pointee = number
            valueEnd = place(cursor.valueEnd)
        }

        @inline(__always)
        fileprivate mutating func note(above: UInt32, beside: UInt32, end: UInt32) {
            next.initialize(to: MatchHints.Hint(start: valueEnd, end: end, above: above, beside: beside))
            next += 1
        }

        @inline(__always)
        fileprivate func place(_ pointer: UnsafeMutablePointer<UInt8>) -> UInt32 {
            origin &+ UInt32(truncatingIfNeeded: start.distance(to: pointer))
        }
    }
}
