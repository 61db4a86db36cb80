import Coding

/// Takes the parts of a date and time off the front of a text, digits in ASCII only.
struct TimeScanner {
    private var bytes: ArraySlice<UInt8>

    init(_ text: String) { bytes = Array(text.utf8)[...] }

    var isAtEnd: Bool { bytes.isEmpty }
    var remaining: Int { bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: character) else { return false }
        bytes.removeFirst()
        return true
    }

    /// `2026-05-07`, which need not be a day that there is.
    mutating func takeDate() -> (year: Int, month: Int, day: Int)? {
        guard let year = takeNumber(digits: 4), take("-"), let month = takeNumber(digits: 2), take("-"),
            let day = takeNumber(digits: 2)
        else { return nil }
        return (year, month, day)
    }

    /// `10:30:00` or `10:30:00.123456`, in microseconds; a finer fraction is cut.
    mutating func takeTimeOfDay() -> Int64? {
        guard let hour = takeNumber(digits: 2), hour < 24, take(":"), let minute = takeNumber(digits: 2), minute < 60,
            take(":"), let second = takeNumber(digits: 2), second < 60
        else { return nil }
        let whole = Int64(hour * 3_600 + minute * 60 + second) * 1_000_000
        guard take(".") else { return whole }
        let fraction = bytes.prefix(while: \.isASCIIDigit)
        guard (1...9).contains(fraction.count) else { return nil }
        bytes.removeFirst(fraction.count)
        let digits = fraction.prefix(6) + Array(repeating: 0x30, count: max(0, 6 - fraction.count))
        return digits.reduce(into: 0) { $0 = $0 * 10 + Int64($1 - 0x30) } + whole
    }

    /// `+00`, `-03:30` or `+05:53:28`, in seconds east of Greenwich.
    mutating func takeOffset() -> Int64? {
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = takeNumber(digits: 2), hours < 24 else { return nil }
        var seconds = hours * 3_600
        for unit in [60, 1] where take(":") {
            guard let number = takeNumber(digits: 2), number < 60 else { return nil }
            seconds += number * unit
        }
        return sign * Int64(seconds)
    }

    private mutating func takeNumber(digits count: Int) -> Int? {
        let digits = bytes.prefix(count)
        guard digits.count == count, digits.allSatisfy(\.isASCIIDigit) else { return nil }
        bytes.removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
