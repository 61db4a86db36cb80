/// The length that a request announces for its body in CONTENT_LENGTH.
enum BodyLength: Equatable {
    /// There is no body.
    case none
    case bytes(Int)
    /// More than may be read.
    case tooLarge
    /// CONTENT_LENGTH is -1, as Caddy 2.6 says of a body that comes in chunks.
    case unknown
    /// CONTENT_LENGTH is not a number: the request is treated as cut.
    case invalid

    /// - Parameter limit: bytes that may be read.
    init(_ announced: String?, limit: Int) {
        guard let announced, !announced.isEmpty else {
            self = .none
            return
        }
        if announced == "-1" {
            self = .unknown
            return
        }
        guard let length = Int(announced), length >= 0 else {
            self = .invalid
            return
        }
        self = length > limit ? .tooLarge : .bytes(length)
    }
}
