import Catalog
import JSON
import Jobs
import Time

/// The body of PUT. The engine makes the file and names it: `output_file_ref` may only repeat the name that stands
/// there already; size and time of completion are read and ignored.
struct ReexportChange {
    let status: ReexportStatus?
    let notified: Bool?
    let errorMessage: String?

    init(_ body: JSON, of job: Job) throws(APIError) {
        var members = FieldReader(body)
        status = members.choice("status", of: ReexportStatus.allCases)
        notified = members.flag("notified")
        errorMessage = members.string("error_message")
        if let ref = members.string("output_file_ref"), ref != job.outputFileRef {
            members.fault("output_file_ref", that: "is the service's own and cannot be set")
        }
        if let size = members.take("output_file_size_bytes"), (size.int ?? -1) < 0 {
            members.fault("output_file_size_bytes", that: "must be a number of bytes")
        }
        if let time = members.string("completed_at"), Timestamp(rfc3339: time) == nil {
            members.fault("completed_at", that: "must be a time such as 2026-03-26T12:02:30Z")
        }
        members.refuseUnknown()
        guard members.faults.isEmpty else { throw .invalid(members.faults) }
    }
}
