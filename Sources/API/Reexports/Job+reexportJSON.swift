import JSON
import Jobs
import Posix
import Time

/// A re-export in the words of the Re-exports API. Each call has its own selection of the fields, in the document's
/// order; `data`, which names the report that it is made from, stands at the end.
extension Job {
    /// GET of one.
    func reexportJSON(of reexport: Reexport) -> JSON {
        .object(
            JSON.Object(
                names(reexport) + [("export_params", reexport.params), outputFile, outputSize, asker] + times
                    + [notified, ("error_message", .string(orNull: errorSummary)), data(reexport)]))
    }

    /// An element of the list, and the answer to POST.
    func listedReexportJSON(of reexport: Reexport) -> JSON {
        .object(
            JSON.Object(
                names(reexport) + [("export_params", reexport.params), outputFile, asker] + times
                    + [notified, data(reexport)]))
    }

    /// The answer to PUT.
    func updatedReexportJSON(of reexport: Reexport) -> JSON {
        .object(JSON.Object(names(reexport) + [outputFile, outputSize] + times + [notified, data(reexport)]))
    }

    private typealias Member = (String, JSON)

    private func names(_ reexport: Reexport) -> [Member] {
        [
            ("reexport_id", .string(id.reexportID)), ("report_id", .string(reexport.report.reportID)),
            ("org_id", .string(tenant)), ("status", .string(state.reexportStatus.rawValue)),
        ]
    }

    private var asker: Member { ("requested_by", .string(requestedBy)) }
    private var outputFile: Member { ("output_file_ref", .string(orNull: outputFileRef)) }
    private var outputSize: Member { ("output_file_size_bytes", .int(orNull: state.isDownloadable ? file?.size : nil)) }
    private var notified: Member { ("notified", .bool(notifiedAt != nil)) }

    private var times: [Member] {
        [
            ("requested_at", .string(requestedAt.rfc3339)), ("completed_at", .string(orNull: completedAt?.rfc3339)),
        ]
    }

    private func data(_ reexport: Reexport) -> Member {
        ("data", .string(reexport.rows == nil ? "current" : "historical"))
    }

    /// Which file came of it, while there is one: a name for people and logs to go by, no link and no path of the
    /// server's.
    var outputFileRef: String? {
        guard state.isDownloadable, let file else { return nil }
        return "reports/\(tenant)/reexports/\(id.reexportID)/\(file.name)"
    }
}
