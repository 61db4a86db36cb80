import Deflate

/// A timestamp with time zone as PostgreSQL prints it in DateStyle ISO, taken apart and put together again.
///
///     2026-03-29 01:59:59.5+01        4713-01-01 00:00:00+00:09:21 BC        infinity
struct TimestampText {
    var clock: LocalTime
    /// From the point on; empty for whole seconds. Offsets are whole seconds, so it is the same in every zone.
    let fraction: Slice<UnsafeRawBufferPointer>

    /// - Returns: nil for values without a time of day: `infinity`, `-infinity`.
    init?(_ text: UnsafeRawBufferPointer) {
        var at = 0
        func digit(_ position: Int) -> Int? {
            guard position < text.count, text[position] >= 0x30, text[position] <= 0x39 else { return nil }
            return Int(text[position] & 0x0F)
        }
        /// One or more digits, and the byte that must follow them. No part of a timestamp has more than nine, and
        /// those of so many can be computed with; a column of another type may have held any text.
        func number(then separator: UInt8? = nil) -> Int? {
            let start = at
            var value = 0
            while let next = digit(at) {
                guard at - start < 9 else { return nil }
                value = value * 10 + next
                at += 1
            }
            guard at > start else { return nil }
            if let separator {
                guard at < text.count, text[at] == separator else { return nil }
                at += 1
            }
            return value
        }
        guard let year = number(then: UInt8(ascii: "-")), let month = number(then: UInt8(ascii: "-")),
            let day = number(then: UInt8(ascii: " ")), let hour = number(then: UInt8(ascii: ":")),
            let minute = number(then: UInt8(ascii: ":")), let second = number()
        else { return nil }
        let fractionStart = at
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            while digit(at) != nil { at += 1 }
        }
        fraction = text[fractionStart..<at]
        guard at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") else { return nil }
        let isEast = text[at] == UInt8(ascii: "+")
        at += 1
        guard var offset = number().map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where at < text.count && text[at] == UInt8(ascii: ":") {
            at += 1
            guard let value = number() else { return nil }
            offset += value * unit
        }
        let isBeforeChrist = text[at...].elementsEqual(" BC".utf8)
        guard at == text.count || isBeforeChrist else { return nil }
        clock = LocalTime(
            year: isBeforeChrist ? 1 - year : year, month: month, day: day, hour: hour, minute: minute, second: second,
            offset: isEast ? offset : -offset)
    }

    /// As PostgreSQL's EncodeDateTime and EncodeTimezone write it.
    func write(into output: inout OutputBuffer) {
        var cursor = output.reserve(Self.longest + fraction.count)
        let start = cursor
        func put(_ byte: UInt8) {
            cursor.pointee = byte
            cursor += 1
        }
        func put(_ value: Int, width: Int = 2) {
            var (width, limit) = (width, width == 4 ? 10_000 : 100)
            while value >= limit { (width, limit) = (width + 1, limit * 10) }
            var rest = value
            for place in stride(from: width - 1, through: 0, by: -1) {
                cursor[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            cursor += width
        }
        let isBeforeChrist = clock.year <= 0
        put(isBeforeChrist ? 1 - clock.year : clock.year, width: 4)
        put(UInt8(ascii: "-"))
        put(clock.month)
        put(UInt8(ascii: "-"))
        put(clock.day)
        put(UInt8(ascii: " "))
        put(clock.hour)
        put(UInt8(ascii: ":"))
        put(clock.minute)
        put(UInt8(ascii: ":"))
        put(clock.second)
        for byte in fraction { put(byte) }
        let offset = abs(clock.offset)
        put(clock.offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        put(offset / 3600)
        if offset % 3600 != 0 {
            put(UInt8(ascii: ":"))
            put(offset / 60 % 60)
        }
        if offset % 60 != 0 {
            put(UInt8(ascii: ":"))
            put(offset % 60)
        }
        if isBeforeChrist { for byte in " BC".utf8 { put(byte) } }
        output.advance(start.distance(to: cursor))
    }

    /// Without the fraction: a year of a dozen digits, and the rest.
    private static let longest = 64
}
