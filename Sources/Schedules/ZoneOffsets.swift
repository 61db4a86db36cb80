/// The offsets of a time zone from UTC over a span of time, and the instant when each began.
///
/// A value: the rules come from PostgreSQL, whose zones exports use too; computing with them needs no database. Local
/// times are seconds since 1970-01-01 00:00 of the wall clock.
package struct ZoneOffsets: Equatable, Sendable {
    /// From `at` on (seconds since the Unix epoch) local time is UTC plus `offset` seconds.
    package struct Change: Equatable, Sendable {
        package let at: Int64
        package let offset: Int64

        package init(at: Int64, offset: Int64) {
            self.at = at
            self.offset = offset
        }
    }

    /// Never empty; `at` ascending. The first stands for the beginning of the span.
    package let changes: [Change]

    /// Nil without any change.
    package init?(_ changes: [Change]) {
        guard !changes.isEmpty else { return nil }
        self.changes = changes
    }

    package func local(at instant: Int64) -> Int64 {
        instant + (changes.last { $0.at <= instant } ?? changes[0]).offset
    }

    /// The instant at which the clocks show `local`: the first one where they show it twice; where they skip it, the
    /// first instant after the gap.
    package func instant(ofLocal local: Int64) -> Int64 {
        for (index, change) in changes.enumerated() {
            let instant = local - change.offset
            if index + 1 < changes.count, instant >= changes[index + 1].at { continue }
            // Before this offset began, the clocks had not come to `local`, and with it they are past it: skipped.
            return index == 0 ? instant : max(instant, change.at)
        }
        return local - changes[changes.count - 1].offset
    }
}
