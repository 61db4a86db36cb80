/// The first line of a CSV file.
package enum CSVHeader: String, CaseIterable, Sendable {
    /// The columns' labels.
    case label
    /// The columns' keys.
    case key
    /// No header line.
    case none
}
