import Catalog
import Formats
import JSON
import Jobs
import Time

/// A job in the words of the Recent API, fields in the document's order.
extension Job {
    /// - Parameters:
    ///   - label: the catalog's name for people.
    ///   - link: a signed link and the seconds it is good for.
    ///   - statusURL: where this job is asked for again.
    package func recentJSON(label: String, link: (url: String, seconds: Int)?, statusURL: String) -> JSON {
        let name = state.recentName
        let progress: JSON? = parts.map { ["parts_ready": .int($0.ready), "total_parts": .int($0.total)] }
        return [
            "id": .int(serial), "report_type": .string(reportType), "display_name": .string(label),
            "status": .string(name.status.rawValue), "status_display": .string(name.display), "parameters": request,
            "filename": .string(orNull: file?.name), "download_url": .string(orNull: link?.url),
            "download_expires_in_seconds": .int(orNull: link?.seconds),
            "error_message": .string(orNull: state == .cancelled ? "cancelled" : errorSummary),
            "progress": progress ?? .null, "parent_report_id": .null, "chunked_export": .bool(parts != nil),
            "created_at": .string(requestedAt.rfc3339), "updated_at": .string(changedAt.rfc3339),
            "started_at": .string(orNull: startedAt?.rfc3339), "completed_at": .string(orNull: completedAt?.rfc3339),
            "status_url": .string(statusURL),
        ]
    }

    /// A part of this job, as a report of its own that names its parent.
    package func recentJSON(
        part: JobPart, label: String, link: (url: String, seconds: Int)?, fileName: String?, statusURL: String
    ) -> JSON {
        let name = part.state.recentName
        let display = parts.map { "\(label) (\(part.number)/\($0.total))" } ?? label
        return [
            "id": .int(part.serial), "report_type": .string(reportType), "display_name": .string(display),
            "status": .string(name.status.rawValue), "status_display": .string(name.display), "parameters": request,
            "filename": .string(orNull: fileName), "download_url": .string(orNull: link?.url),
            "download_expires_in_seconds": .int(orNull: link?.seconds),
            "error_message": .string(
                orNull: part.state == .cancelled ? "cancelled" : part.state == .failed ? errorSummary : nil),
            "progress": .null, "parent_report_id": .int(serial), "chunked_export": false,
            "created_at": .string(part.createdAt.rfc3339),
            "updated_at": .string((part.completedAt ?? part.startedAt ?? part.createdAt).rfc3339),
            "started_at": .string(orNull: part.startedAt?.rfc3339),
            "completed_at": .string(orNull: part.completedAt?.rfc3339), "status_url": .string(statusURL),
        ]
    }

    private var reportType: String {
        ReportType.text(catalog: catalog, word: ExportFormat(rawValue: format)?.format.recentWord ?? format)
    }
}

/// `delivery_orders_excel`: a catalog's key with underscores, and a word for the format.
enum ReportType {
    static func text(catalog: String, word: String) -> String { "\(underscored(catalog))_\(word)" }

    /// The reports that a text can mean, each with its format: more than one where modules use the same key.
    static func candidates(_ text: String, in catalogs: CatalogSet) -> [(report: Report, format: ExportFormat)] {
        catalogs.reports.flatMap { report in
            report.formats.filter { text == Self.text(catalog: report.key, word: $0.format.recentWord) }
                .map { (report, $0) }
        }
    }

    private static func underscored(_ key: String) -> String {
        String(key.map { $0 == "-" ? "_" : $0 })
    }
}
