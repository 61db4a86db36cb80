import Posix

/// How many event streams may be open at once: of one caller, of one tenant, and on this host. Each holds two of
/// nginx's connections for as long as it is open.
package struct StreamLimits {
    package let seats: SharedSeats
    private let perCaller: Int
    private let perTenant: Int

    package init(_ seats: SharedSeats, perCaller: Int, perTenant: Int) {
        self.seats = seats
        self.perCaller = perCaller
        self.perTenant = perTenant
    }

    /// Seconds after which it is worth to look again.
    private static let retrySeconds = 30

    /// - Parameters: keyed hashes.
    /// - Throws: 429 when there are too many.
    func take(caller: UInt64, tenant: UInt64) throws(APIError) -> SharedSeats.Seat {
        let limits = [perCaller, perTenant]
        let parties = [Int64(bitPattern: caller), Int64(bitPattern: tenant)]
        switch seats.take(parties, limits: limits, now: Clock.monotonicMilliseconds) {
        case .seat(let seat): return seat
        case .partyFull(let place):
            throw .quotaExceeded(
                ["caller-streams", "tenant-streams"][place], quota: limits[place], retryAfter: Self.retrySeconds,
                "As many event streams are open as \(["the caller", "the tenant"][place]) may have")
        case .full:
            throw .quotaExceeded(
                "streams", quota: seats.count, retryAfter: Self.retrySeconds,
                "As many event streams are open as this host may have")
        }
    }
}
