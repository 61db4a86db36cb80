import Catalog
import Configuration
import JSON
import Jobs
import Postgres
import Schedules

/// Checks a schedule that is added or changed against the catalogs and the time zones of both databases.
struct ScheduleCheck {
    let table: ScheduleTable
    private let catalogs: CatalogSet
    private let source: String
    private let mail: MailPolicy

    init(_ values: SettingValues) throws {
        catalogs = try values.loadedCatalogs()
        source = try values[\.sourceURL]
        mail = MailPolicy(
            isOn: try values[\.mailServer] != nil, domains: try values[\.mailDomains],
            linkSeconds: try values[\.mailLinkSeconds])
        table = ScheduleTable(
            try Queue.connect(
                try values[\.databaseURL], applicationName: "penstock schedules"
            ).connection)
    }

    func draft(_ body: JSON, tenant: String, language: String) throws -> ScheduleDraft {
        do {
            let draft = try ScheduleDraft(
                body, in: catalogs, tenant: tenant, language: language, knowsTimeZone: knows(zone:))
            let delivery = MailDelivery(stored: draft.export.members["deliver"])
            let faults = mail.faults(of: delivery, at: "request.deliver")
            if !faults.isEmpty { throw RequestError.faults(faults) }
            return draft
        } catch RequestError.faults(let faults) {
            let lines = faults.map { $0.message.hasPrefix($0.field) ? $0.message : "\($0.field): \($0.message)" }
            throw CommandFailure(lines.joined(separator: "; "), ExitStatus.usage)
        }
    }

    /// Whether both the data's server and the queue's know a zone.
    /// - Throws: `PostgresError` when one of the servers is out of reach.
    private func knows(zone: String) throws -> Bool {
        try zone == "UTC"
            || TimeZoneName.isKnown(zone, to: table.connection)
                && TimeZoneName.isKnown(zone, to: try Connection(source, applicationName: "penstock schedules"))
    }
}
