import Crypto
import HTTP
import Identity
import Posix

/// How many requests a caller may make in a minute, and how many wrong passwords there may be.
///
/// The counts are in memory that all responders of a host share and the supervisor has made: they outlive a responder,
/// and cost no question to a database. Keys are keyed hashes, so that a client cannot choose names that push others
/// out.
package struct RequestLimits {
    private let rates: SharedRates
    private let secret: [UInt8]
    /// Nil for any number.
    private let perMinute: Int?
    private let loginFailures: Int
    private let refusals: Int
    /// Nil for any number of event streams.
    package let streams: StreamLimits?

    /// - Parameters:
    ///   - secret: 32 random bytes, the same in all processes that share `rates`.
    ///   - perMinute: requests of one caller; nil for any number.
    ///   - loginFailures: wrong passwords of one name from one network, and from one address, in a minute.
    ///   - refusals: refused attempts from one address in a minute that the audit has one by one.
    package init(
        _ rates: SharedRates, secret: [UInt8], perMinute: Int?, loginFailures: Int, refusals: Int,
        streams: StreamLimits? = nil
    ) {
        self.streams = streams
        self.rates = rates
        self.secret = secret
        self.perMinute = perMinute
        self.loginFailures = loginFailures
        self.refusals = refusals
    }

    /// Where a caller stands after a request.
    struct Quota: Equatable {
        let limit: Int
        let verdict: SharedRates.Verdict

        /// The fields of draft-ietf-httpapi-ratelimit-headers.
        var fields: [(name: String, value: String)] {
            [
                ("RateLimit-Policy", "\"requests\";q=\(limit);w=\(SharedRates.windowSeconds)"),
                ("RateLimit", "\"requests\";r=\(verdict.remaining);t=\(verdict.resetSeconds)"),
            ]
        }
    }

    /// Counts a request of a caller's; nil where there is no limit. The same subject with other tenants is another
    /// caller.
    func take(_ identity: Identity) -> Quota? {
        guard let perMinute else { return nil }
        let verdict = rates.take(key(of: identity), limit: perMinute, now: Clock.monotonicMilliseconds)
        return Quota(limit: perMinute, verdict: verdict)
    }

    /// Counts a caller's event stream for as long as it is open; nil where there is no limit.
    /// - Throws: 429 when there are too many.
    func takeStream(_ identity: Identity, tenant: String) throws(APIError) -> SharedSeats.Seat? {
        try streams?.take(caller: key(of: identity), tenant: key(["tenant", tenant]))
    }

    private func key(of identity: Identity) -> UInt64 {
        key(["request", identity.kind.rawValue, identity.subject] + identity.tenants.sorted())
    }

    /// How a refused attempt is to be told in the audit.
    enum Refusal: Equatable {
        case alone
        /// With one row for many, the one of this minute; so many had no row in the minute before.
        case repeated(before: Int)
        case untold
    }

    /// Counts a refused attempt, before anything is written of it.
    /// - Parameter now: milliseconds of the monotonic clock.
    func refused(from address: String, now: Int64 = Clock.monotonicMilliseconds) -> Refusal {
        let network = network(of: address)
        let (minute, most) = (now / 60_000, SharedRates.maximumLimit)
        let before = most - rates.look(key(["untold", network, "\(minute - 1)"]), limit: most, now: now).remaining
        if before == 0, rates.take(key(["refused", network]), limit: refusals, now: now).isWithin { return .alone }
        if rates.take(key(["told", network, "\(minute)"]), limit: 1, now: now).isWithin {
            return .repeated(before: before)
        }
        rates.count(key(["untold", network, "\(minute)"]), now: now)
        return .untold
    }

    /// The headers of an answer to a login that was refused without comparing its password.
    func loginFields(retryAfter seconds: Int) -> [(String, String)] {
        [
            ("RateLimit-Policy", "\"failed-logins\";q=\(loginFailures);w=\(SharedRates.windowSeconds)"),
            ("RateLimit", "\"failed-logins\";r=0;t=\(seconds)"),
        ]
    }

    /// The part of an address that its holder cannot change at will: the first 64 bits of IPv6, all of IPv4.
    private func network(of address: String) -> String {
        guard let bytes = NetworkAddress(address)?.bytes, bytes.count == 16 else { return address }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ".")
    }

    /// Lengths stand before the parts, so that no two lists give one key.
    private func key(_ parts: [String]) -> UInt64 {
        var hash = SHA256()
        hash.update(data: secret)
        for part in parts {
            hash.update(data: Array("\(part.utf8.count):".utf8))
            hash.update(data: Array(part.utf8))
        }
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension RequestLimits: LoginLimit {
    package func pause(name: String, address: String) -> Int? {
        let now = Clock.monotonicMilliseconds
        return keys(name, address).compactMap { key -> Int? in
            let verdict = rates.look(key, limit: loginFailures, now: now)
            return verdict.isWithin ? nil : max(1, verdict.retrySeconds)
        }.max()
    }

    package func recordFailure(name: String, address: String) {
        for key in keys(name, address) { rates.count(key, now: Clock.monotonicMilliseconds) }
    }

    /// By name and network, so that a user who is guessed at elsewhere can log in, and by address whatever the name. A
    /// request that says no address (not through nginx) is counted by its name alone.
    private func keys(_ name: String, _ address: String) -> [UInt64] {
        let neighbours = NetworkAddress(address).flatMap { $0.bytes.count == 4 ? $0.bytes.prefix(3) : nil }
        let place = neighbours?.map(String.init).joined(separator: ".") ?? network(of: address)
        return [key(["login", name, place])] + (address.isEmpty ? [] : [key(["address", network(of: address)])])
    }
}
