import JSON

/// Claims as they are stored with users and API keys: `{"driver_id": ["12"]}`.
extension [String: [String]] {
    package var claimsJSON: JSON {
        .object(JSON.Object(sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map { .string($0) })) }))
    }

    /// What cannot be read gives no claim.
    static func stored(_ text: String?) -> [String: [String]] {
        let object = text.flatMap { try? JSON.parse(Array($0.utf8), limits: .stored) }?.object
        return Dictionary(
            (object?.members ?? []).map { ($0.key, ($0.value.array ?? []).compactMap(\.string)) },
            uniquingKeysWith: { first, _ in first })
    }
}
