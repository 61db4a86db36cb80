import Glibc

/// The two clocks. Waiting and ages use the monotonic one; only times that people read use the wall clock.
package enum Clock {
    /// Milliseconds of the monotonic clock: never steps, means nothing on another host or after a boot.
    package static var monotonicMilliseconds: Int64 { monotonicMicroseconds / 1000 }

    /// Microseconds of the monotonic clock.
    package static var monotonicMicroseconds: Int64 { microseconds(CLOCK_MONOTONIC) }

    /// Microseconds since the Unix epoch, UTC.
    package static var wallMicroseconds: Int64 { microseconds(CLOCK_REALTIME) }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
