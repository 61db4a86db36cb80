import Catalog
import Configuration
import Generation
import JSON
import Schedules

/// The body of a create or preview.
extension Call {
    /// The body, as an export that fits its catalog.
    /// - Parameter body: at its beginning, under the names of the surface.
    /// - Throws: `RequestError`; `PostgresError` when a time zone cannot be looked up.
    func checked(_ body: FieldReader, for caller: Caller) throws -> CheckedExport {
        let export = try CheckedExport(
            body, in: catalogs(for: caller), tenant: caller.tenant, language: caller.language,
            knowsTimeZone: context.backends.knows(timeZone:), comparing: context.backends.comparisons(of:),
            besides: { uploaded?.list.faults(for: $0?.filterColumn?.type) ?? [] })
        try refuse(delivery: export.request.deliver, at: "deliver")
        return export
    }

    /// - Parameter path: where it stands in the body.
    /// - Throws: `RequestError` for a delivery that this service does not make.
    func refuse(delivery: MailDelivery?, at path: String) throws(RequestError) {
        let faults = MailPolicy(configuration).faults(of: delivery, at: path)
        guard faults.isEmpty else { throw .faults(faults) }
    }

    /// As `refuse(delivery:at:)`, for a schedule or a saved request.
    func refuseDelivery(of wanted: ScheduledExport) throws(RequestError) {
        try refuse(delivery: MailDelivery(stored: wanted.members["deliver"]), at: "request.deliver")
    }

    /// The list of keys that an export is narrowed to; nil without one.
    /// - Throws: as `KeyList`.
    func keyList(of export: CheckedExport) throws -> KeyList? {
        try KeyList(of: export.request, uploaded?.list, tenant: export.tenant, queue: try queue)
    }
}

extension MailPolicy {
    package init(_ configuration: Configuration) {
        self.init(
            isOn: configuration.mailServer != nil, domains: configuration.mailDomains,
            linkSeconds: configuration.mailLinkSeconds)
    }
}

extension Backends {
    /// How columns are compared. A database that is out of reach is no reason to refuse a request: the job waits for
    /// it.
    func comparisons(of places: Set<ColumnPlace>) -> ColumnComparisons {
        let known = try? withSource { session in
            try session.inspecting { try ColumnComparisons.read(places, on: $0) }
        }
        return known ?? .assumed
    }
}
