import Formats
import Identity
import JSON
import Jobs
import Posix
import Time

/// A job in the words of the Records API, fields in the document's order.
extension Job {
    /// - Parameters:
    ///   - link: a signed link to the file.
    ///   - ready: the numbers of the parts that are ready.
    package func recordJSON(link: String?, ready: [Int]) -> JSON {
        let request = request
        // The ending of a part by itself: a part of an archive is a plain file.
        let ending = ExportFormat(rawValue: format)?.variant(ofStored: request).partKind.ending ?? format
        let uploaded = ready.map { JSON.string("part_\($0).\(ending)") }
        return [
            "id": .string(id.description),
            "action_name": .string("export_\(Self.words(catalog).joined(separator: "_"))"),
            "collected_count": .int(progress.done),
            // Not nullable in the document: no error is an empty text.
            "error_message": .string(errorSummary ?? ""),
            // A row that cannot be written ends the export; no row is ever left out.
            "fail_count": 0, "filter_file": .string(orNull: filter?.name), "format_type": .string(format),
            "language": .string(shortLanguage), "last_instance_id": .int(progress.done),
            "page": .int(parts.map { min($0.ready + 1, $0.total) } ?? 1),
            "request_fields": request["columns"] ?? [], "request_path": "/report/exports",
            "requested_by": .string(SubjectID.uuid(of: requestedBy, tenant: tenant).description),
            "result_file": .string(orNull: link), "total_count": .int(progress.total ?? 0),
            "status": .string(state.recordStatus.rawValue), "uploaded_parts": .array(uploaded),
            "viewset": .string(Self.words(catalog).map(Self.capitalized).joined() + "ExportViewSet"),
            "created_date": .string(requestedAt.rfc3339), "modified_date": .string(changedAt.rfc3339),
        ]
    }

    /// At most the document's eight characters, cut between subtags: `zh-Hant` of `zh-Hant-TW`.
    private var shortLanguage: String {
        var tag = language[...]
        while tag.utf8.count > 8, let hyphen = tag.lastIndex(of: "-") { tag = tag[..<hyphen] }
        return String(tag.prefix(8))
    }

    private static func words(_ key: String) -> [Substring] { key.split { $0 == "-" || $0 == "_" } }

    private static func capitalized(_ word: Substring) -> String { word.prefix(1).uppercased() + word.dropFirst() }
}
