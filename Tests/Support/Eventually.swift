import Glibc
import Posix

/// Asks `condition` until it holds or the time is over; the only place where the tests wait.
/// - Parameter seconds: long enough for a machine on which everything else runs too; a test that passes never waits so
///   long.
/// - Returns: whether it came to hold.
package func eventually(within seconds: Double = 60, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Clock.monotonicMicroseconds + Int64(seconds * 1_000_000)
    var pause: UInt32 = 500
    while true {
        if try condition() { return true }
        if Clock.monotonicMicroseconds >= deadline { return false }
        usleep(pause)
        pause = min(pause * 2, 20_000)
    }
}

/// What a test needs and did not get, said in one line.
package struct Unmet: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
