/// The date last met, as the digits of its serial number: rows that follow each other often share it.
struct DateMemory {
    private var yearAndMonth: UInt64 = 0
    private var dayOfMonth: UInt16 = 0
    private(set) var digits: UInt64 = 0
    private(set) var digitCount = 0
    private(set) var isLate = false

    /// Makes `digits` those of the date in the ten bytes at `text`; false for a date that a cell cannot have.
    @inline(__always)
    mutating func look(_ text: UnsafePointer<UInt8>) -> Bool {
        let raw = UnsafeRawPointer(text)
        let yearAndMonth = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        let dayOfMonth = UInt16(littleEndian: (raw + 8).loadUnaligned(as: UInt16.self))
        if yearAndMonth == self.yearAndMonth && dayOfMonth == self.dayOfMonth { return true }
        guard let day = SerialDate.day(yearAndMonth, dayOfMonth) else { return false }
        (digits, digitCount) = Decimal.digits(UInt32(truncatingIfNeeded: day))
        isLate = SerialDate.isLate(day)
        self.yearAndMonth = yearAndMonth
        self.dayOfMonth = dayOfMonth
        return true
    }
}
