import Formats

extension OutputColumn {
    /// As the encoders see it. Enums and the labels of relations are few texts that come again and again.
    package var cell: CellColumn {
        let kind: CellKind =
            switch self.kind {
            case .text: .text
            case .number: .number
            case .boolean: .boolean
            case .timestamp: .timestamp
            case .date: .date
            }
        let repeats = type == .enum || relationOutput == "reference_value"
        return CellColumn(
            key: key, label: label, kind: kind, sharesStrings: repeats && kind == .text,
            mayHoldFormulas: mayHoldFormulas, holdsJSON: type == .json)
    }
}
