import HTTP

/// Answers the calls of an endpoint. The credential, the number of requests, the permission, the query's names and the
/// tenant have been checked before.
enum Handler: Sendable {
    /// For everybody; it looks itself whether the request may be answered.
    case open(@Sendable (Call) throws -> Response)
    case known(Access, query: QueryNames, @Sendable (Call, Caller) throws -> Response)
    /// An attempt at a file: it is in the audit however it ends, refused by one of those checks too.
    case download(Access, query: QueryNames, @Sendable (Call, Caller, Download) throws -> Response)
    /// A GET is answered by the process that holds the streams, a HEAD here.
    case stream(Access, query: QueryNames, @Sendable (Call, Caller) throws -> EventSubscription)
}

extension Handler {
    /// Nil where everybody may call.
    var access: Access? {
        switch self {
        case .open: nil
        case .known(let access, _, _), .download(let access, _, _), .stream(let access, _, _): access
        }
    }

    /// Nil where everybody may call.
    var query: QueryNames? {
        switch self {
        case .open: nil
        case .known(_, let query, _), .download(_, let query, _), .stream(_, let query, _): query
        }
    }
}
