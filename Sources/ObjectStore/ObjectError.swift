/// A request to an object store that did not do what it was for.
package struct ObjectError: Error, CustomStringConvertible {
    package enum Kind: Sendable {
        /// There is no answer, or none that lasts: the same request may do better later.
        case unavailable
        /// The key, its right, the region or the clock: 401, 403.
        case denied
        /// No such bucket, object or upload.
        case missing
        /// There is something already.
        case exists
        /// The store has no room.
        case full
        case other
    }

    package let kind: Kind
    /// `PUT`, `GET` …
    package let operation: String
    /// The store's code and words, or libcurl's; for the log and for operators.
    package let reason: String

    package var description: String { "\(operation): \(reason)" }

    init(_ kind: Kind, _ operation: String, _ reason: String) {
        self.kind = kind
        self.operation = operation
        self.reason = reason
    }

    /// An answer that is well-formed and not right.
    package init(unexpected operation: String, _ reason: String) { self.init(.other, operation, reason) }

    /// Of an answer that is none of those wanted.
    init(_ answer: ObjectAnswer, of operation: String) {
        let code = answer.text.element("Code") ?? ""
        let kind: Kind =
            switch (answer.status, code) {
            case (_, "RequestTimeTooSkewed"), (401, _), (403, _): .denied
            case (404, _): .missing
            case (409, _), (412, _): .exists
            case (507, _), (_, "QuotaExceeded"), (_, "XMinioStorageFull"), (_, "ServiceQuotaExceededException"): .full
            case (408, _), (429, _), (500..., _): .unavailable
            default: .other
            }
        let words = [code, answer.text.element("Message") ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
        self.init(kind, operation, "answered \(answer.status)" + (words.isEmpty ? "" : " (\(words))"))
    }
}
