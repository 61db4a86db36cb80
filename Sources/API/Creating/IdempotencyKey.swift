import HTTP

/// The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header): a structured-field string, which
/// most clients send without its quotes; both are taken.
enum IdempotencyKey {
    static func read(_ request: Request) throws(APIError) -> String? {
        let values = request.headers.all("idempotency-key")
        guard let value = values.first else { return nil }
        guard values.count == 1 else { throw .invalid("Idempotency-Key", "Idempotency-Key is given twice") }
        let key =
            value.utf8.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            ? String(value.dropFirst().dropLast()) : value
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid("Idempotency-Key", "Idempotency-Key must be 1 to 255 visible ASCII characters")
        }
        return key
    }
}
