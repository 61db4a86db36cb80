import Formats
import JSON
import Posix

/// The facts about a finished file.
package struct ExportSummary {
    package let rows: Int64
    /// Pieces it was made in; one unless it was large.
    package let parts: Int
    package let tally: FileTally
    /// How many keys of the request's list were found; nil without a list.
    package let filter: FilterKeys.Tally?
    package let snapshotAt: String
    package let milliseconds: Int64

    /// The receipt, for a file of this digest.
    package func receipt(sha256: String) -> JSON {
        var receipt: JSON.Object = [
            "rows": .int(rows), "parts": .int(parts), "sheets": tally.sheets.map { .int($0) } ?? nil,
            "sha256": .string(sha256),
        ]
        for (name, value) in tally.members.members { receipt[name] = value }
        receipt["snapshotAt"] = .string(snapshotAt)
        receipt["durationMs"] = .int(milliseconds)
        receipt["peakMemoryBytes"] = .int(Limits.peakResidentBytes)
        for (name, value) in filter?.members ?? [] { receipt[name] = value }
        return .object(receipt)
    }
}
