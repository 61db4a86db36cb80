/// How long the request of a responder takes, and how much of that it waits on purpose, for a job to be over
/// (`Prefer: wait`). All times are monotonic microseconds.
final class RequestTime {
    private let slowMilliseconds: Int?
    private var began: Int64 = 0
    private var paused: Int64?
    private var waited: Int64 = 0

    /// - Parameter slowMilliseconds: from which on a request is slow, what it waits not counted; nil where none is.
    init(slowMilliseconds: Int?) {
        self.slowMilliseconds = slowMilliseconds
    }

    func begin(at now: Int64) {
        began = now
        paused = nil
        waited = 0
    }

    /// The request waits from here on.
    func pause(at now: Int64) { paused = now }

    func goOn(at now: Int64) {
        if let paused { waited += now - paused }
        paused = nil
    }

    func took(at now: Int64) -> Int64 { now - began }

    func isSlow(at now: Int64) -> Bool {
        slowMilliseconds.map { took(at: now) - waited >= Int64($0) * 1000 } ?? false
    }
}
