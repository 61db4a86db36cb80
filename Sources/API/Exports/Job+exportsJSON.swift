import JSON
import Jobs
import Posix
import Time

/// A job in the words of the Exports API, fields in the document's order.
extension Job {
    /// - Parameters:
    ///   - downloadUrl: only the download call gives one.
    ///   - withRequest: whether it tells who asked, for what, and how long the file is kept; the parts too.
    ///   - withParts: whether it tells the parts of a running job, which the document's answers have not.
    package func exportsJSON(
        downloadURL: String? = nil, withRequest: Bool = false, withParts: Bool = false
    ) -> JSON {
        var json: JSON.Object = [
            "id": .string(id.description), "module": .string(module), "catalog": .string(catalog),
            "category": .string(category), "format": .string(format), "status": .string(state.rawValue),
            "fileName": .string(orNull: file?.name), "fileSizeBytes": .int(orNull: file?.size),
            "rowCount": .int(orNull: file?.rows),
            "progress": ["total": .int(orNull: progress.total), "done": .int(progress.done)],
            "downloadUrl": .string(orNull: downloadURL), "requestedAt": .string(requestedAt.rfc3339),
            "startedAt": .string(orNull: startedAt?.rfc3339), "completedAt": .string(orNull: completedAt?.rfc3339),
            "errorSummary": .string(orNull: errorSummary), "metadata": file?.receipt ?? .null,
        ]
        // Beyond the document, and only where there is something to say.
        if let errorCode { json["errorCode"] = .string(errorCode) }
        if withParts || withRequest, state == .processing, let parts {
            json["parts"] = ["total": .int(parts.total), "done": .int(parts.ready)]
        }
        if let removedAt { json["removedAt"] = .string(removedAt.rfc3339) }
        if state == .pending, let attemptError {
            json["waiting"] = [
                "code": .string(attemptError.code), "message": .string(attemptError.summary),
                "until": .string(runAfter.rfc3339),
            ]
        }
        if withRequest {
            json["requestedBy"] = .string(requestedBy)
            json["language"] = .string(language)
            json["expiresAt"] = .string(orNull: expiresAt?.rfc3339)
            json["scheduleId"] = .string(orNull: schedule?.description)
            if request.object?.isEmpty == false { json["request"] = request }
        }
        return .object(json)
    }
}
