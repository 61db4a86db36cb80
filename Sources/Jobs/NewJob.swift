import JSON
import Posix

/// All that a new job is made of.
package struct NewJob: Sendable {
    package var id = UUID.version7()
    package var tenant: String
    package var module: String
    package var catalog: String
    package var category: String
    package var format: String
    package var language: String
    package var requestedBy: String
    /// How the requester has proved who he is, as `Identity.Kind` has it; nil for an operator.
    package var requestedWith: String?
    /// What the requester may see of the catalogs; nil where the job's catalog is the same for everybody.
    package var access: JSON?
    /// The checked request in canonical form.
    package var request: JSON
    package var idempotencyKey: String?
    /// nginx's id of the request.
    package var requestID: String?
    /// Where the request stands in its caller's trace, as a `traceparent`; nil without one.
    package var trace: String?
    package var maxAttempts: Int
    /// Whether a webhook is to tell how the job ended.
    package var notify: Bool
    /// The list of keys, which stands in the storage under the job's id before the job is made.
    package var filter: Job.Filter?
    /// Bytes of the list, when it came with this job.
    package var filterBytes: Int?
    /// The values that make requests equal; nil where equal requests are jobs of their own.
    package var repetition: Repetition?
    /// The report that the job renders again; nil for a report of its own.
    package var reexport: Job.Reexport?

    package init(
        tenant: String, module: String, catalog: String, category: String, format: String, language: String,
        requestedBy: String, requestedWith: String? = nil, request: JSON, idempotencyKey: String?, requestID: String?,
        maxAttempts: Int,
        notify: Bool = false
    ) {
        self.tenant = tenant
        self.module = module
        self.catalog = catalog
        self.category = category
        self.format = format
        self.language = language
        self.requestedBy = requestedBy
        self.requestedWith = requestedWith
        self.request = request
        self.idempotencyKey = idempotencyKey
        self.requestID = requestID
        self.maxAttempts = maxAttempts
        self.notify = notify
    }

    /// Two requests of one caller are equal when request, language and age of the data are.
    package struct Repetition: Sendable {
        /// The greatest value of the column by which the catalog tells how new the data is; nil without such a column.
        package let watermark: String?
        /// How long a finished job answers for an equal request.
        package let seconds: Int

        package init(watermark: String?, seconds: Int) {
            self.watermark = watermark
            self.seconds = seconds
        }
    }

    /// The text that the hash of equal requests is made of.
    var repetitionText: String? {
        repetition.map {
            JSON.array([request, .string(language), .string(orNull: $0.watermark)] + [access].compactMap { $0 }).text
        }
    }
}

/// How much a tenant may have.
package struct JobLimits: Sendable {
    /// Jobs pending or processing.
    package var queued: Int
    /// Bytes of its files, kept rows and lists of keys; nil for any number.
    package var stored: Int?

    package init(queued: Int, stored: Int? = nil) {
        self.queued = queued
        self.stored = stored
    }
}
