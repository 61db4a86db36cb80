import HTTP
import Jobs
import Posix
import Storage
import Time

/// The parameters of a request to the Reports API's list.
struct ReportQuery {
    static let parameters: Set<String> = [
        "created_after", "created_before", "interval", "source", "limit", "offset", "cursor",
    ]

    let filter: ReportFilter
    let limit: Int
    /// Nil when the request pages by cursor.
    let offset: Int?
    let cursor: ReportCursor?
    /// The parameters that every page of this list carries, in order.
    let kept: [(name: String, value: String?)]
    /// The values that a cursor of this list is bound to.
    private let context: [String]

    init(_ caller: Caller, _ sealer: TokenSealer, now: Timestamp) throws(APIError) {
        let query = caller.query
        let after = try query.span("created_after")
        let before = try query.span("created_before")
        // The one case that the Reports API's table of errors names, in its words.
        if let after, let before, after.beginning >= before.end {
            throw APIError(400, "invalid_parameters", "Bad filters")
        }
        let source = try query.choice("source", of: Job.Source.allCases)
        let interval = try query.choice("interval", of: Job.Interval.allCases)
        let recently = before == nil ? now.adding(seconds: -30 * 86_400) : nil
        filter = ReportFilter(
            tenant: caller.tenant, createdFrom: (after?.beginning ?? recently)?.exactRFC3339,
            createdBefore: before?.end.exactRFC3339, source: source, interval: interval)
        limit = try query.number("limit", default: 50, in: 1...200)
        let names = ["tenant_id", "language", "created_after", "created_before", "interval", "source"]
        kept = names.map { (name: $0, value: query[$0]) }
        context = [caller.tenant] + names.dropFirst(2).map { query[$0] ?? "" }
        offset = query["offset"] == nil ? nil : try query.number("offset", default: 0, in: offsetRange)
        if let text = query["cursor"] {
            guard offset == nil else { throw .invalid("cursor", "cursor and offset exclude each other") }
            cursor = ReportCursor(text, openedBy: sealer, context: context)
            if cursor == nil { throw .invalid("cursor", "cursor is not one that this list has given") }
        } else {
            cursor = nil
        }
    }

    var place: ReportPlace {
        if let cursor { return cursor.place }
        return .offset(offset ?? 0)
    }

    func cursor(_ direction: ReportCursor.Direction, _ job: Job, _ sealer: TokenSealer) throws -> String {
        try ReportCursor(direction, job).sealed(by: sealer, context: context)
    }
}

/// A place between two reports of a list, and which way to go on from there. Sealed with the tenant and the filters, so
/// that it leads nowhere in another list.
struct ReportCursor: Equatable {
    enum Direction: UInt8 { case older = 0, newer = 1 }

    let direction: Direction
    /// When the report on the near side was requested.
    let at: Timestamp
    let serial: Int64

    init(_ direction: Direction, _ job: Job) {
        self.direction = direction
        at = job.requestedAt
        serial = job.serial
    }

    init?(_ text: String, openedBy sealer: TokenSealer, context: [String]) {
        guard let bytes = sealer.open(text, for: .cursor, context: context), bytes.count == 17,
            let direction = Direction(rawValue: bytes[0])
        else { return nil }
        self.direction = direction
        at = Timestamp(microseconds: Int64(bitPattern: ReportToken.word(bytes[1..<9])))
        serial = Int64(bitPattern: ReportToken.word(bytes[9..<17]))
    }

    func sealed(by sealer: TokenSealer, context: [String]) throws -> String {
        let bytes =
            [direction.rawValue] + ReportToken.bytes(UInt64(bitPattern: at.microseconds))
            + ReportToken.bytes(UInt64(bitPattern: serial))
        return try sealer.seal(bytes, for: .cursor, context: context)
    }

    var place: ReportPlace {
        switch direction {
        case .older: .olderThan(at: at.exactRFC3339, serial: serial)
        case .newer: .newerThan(at: at.exactRFC3339, serial: serial)
        }
    }
}
