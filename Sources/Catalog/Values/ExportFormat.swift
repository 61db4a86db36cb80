/// The kinds of file a report can be exported as.
package enum ExportFormat: String, CaseIterable, Sendable {
    case csv, xlsx
}
