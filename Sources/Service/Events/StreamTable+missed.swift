import Jobs

/// What streams have missed: those that took up where they were, that had no room, or that were open while the queue
/// was out of reach.
extension StreamTable {
    /// The queue was out of reach: there may be changes that no stream was told of.
    mutating func reconnected() {
        for descriptor in streams.keys {
            streams[descriptor]?.isBehind = true
            streams[descriptor]?.knowsProgress = false
        }
        // A look at rights that was due meanwhile could not be taken.
        if nextCheck != nil { nextCheck = 0 }
    }

    /// The stream whose turn it is; each that has room comes before one has its second turn.
    mutating func nextBehind() -> Behind? {
        let waiting = streams.filter(\.value.hasTurn).keys.sorted()
        guard let turn = waiting.first(where: { $0 > lastTurn }) ?? waiting.first, let stream = streams[turn] else {
            return nil
        }
        lastTurn = turn
        return Behind(descriptor: turn, tenant: stream.tenant, position: stream.position)
    }

    /// The stream begins after this change of its tenant's. The client is told the number, so that it can come back to
    /// it before it has seen any change.
    mutating func begin(_ descriptor: Int32, after number: Int64, at now: Int64) -> [Action] {
        guard streams[descriptor] != nil else { return [] }
        streams[descriptor]?.position = number
        streams[descriptor]?.isBehind = false
        return write("\(Self.retry)id: \(number)\n\n", to: [descriptor], at: now)
    }

    /// A change of a page. Nothing is written where the stream has no room: a later page has it again.
    mutating func missed(_ job: Job, by descriptor: Int32, at now: Int64) -> [Action] {
        guard let stream = streams[descriptor], stream.hasTurn else { return [] }
        return tell(job, to: [descriptor], at: now)
    }

    /// The stream has been told all of a page that this program can read. After the last page it is told changes as
    /// they come.
    mutating func passed(_ descriptor: Int32, _ last: Int64, isLast: Bool) {
        guard let stream = streams[descriptor], stream.hasTurn else { return }
        streams[descriptor]?.position = max(stream.position ?? last, last)
        streams[descriptor]?.isBehind = !isLast
    }
}
