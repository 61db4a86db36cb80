import JSON

extension FilterKeys.Tally {
    /// The members of the receipt and of a preview, in their order.
    package var members: [(String, JSON)] {
        [
            ("filterKeys", .int(keys)), ("filterKeysDistinct", .int(distinct)),
            ("filterKeysUnmatched", .int(unmatched)),
            (
                "filterKeysUnmatchedFirst",
                .array(first.map { ["key": .string($0.key), "line": .int(orNull: $0.line)] })
            ),
        ]
    }
}
