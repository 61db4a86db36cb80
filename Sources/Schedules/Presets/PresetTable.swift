import JSON
import Jobs
import Posix
import Postgres
import SQLText

/// The saved requests as stored: one method a named function of `sql/functions`. A caller sees the own ones, and those
/// that are shared with the tenant.
package struct PresetTable {
    package let connection: Connection
    private let tenant: String
    private let subject: String

    /// The table as one caller of a tenant sees it.
    package init(_ connection: Connection, tenant: String, seenBy subject: String) {
        self.connection = connection
        self.tenant = tenant
        self.subject = subject
    }

    package enum Creation {
        case preset(Preset)
        /// The caller, or the tenant, has as many as may be.
        case callerFull, tenantFull
    }

    /// - Parameter requestID: nginx's; the same request saves one.
    /// - Throws: `PostgresError`; `JobsError` for a row of another schema.
    package func create(
        _ draft: PresetDraft, requestID: String?, limits: (caller: Int, tenant: Int)
    ) throws -> Creation {
        let row = try connection.query(
            """
            select id, outcome from create_preset(preset_id => \(bind: UUID.version7().description), \
            tenant => \(bind: tenant), title => \(bind: draft.name), for_all => \(bind: draft.shared), \
            of_module => \(bind: draft.export.module), of_catalog => \(bind: draft.export.catalog), \
            wanted => \(bind: draft.stored), subject => \(bind: subject), gateway_request_id => \(bind: requestID), \
            caller_most => \(bind: limits.caller), tenant_most => \(bind: limits.tenant))
            """, "create preset", preparing: true
        ).first
        switch row?.string("outcome") {
        case "caller_full": return .callerFull
        case "tenant_full": return .tenantFull
        default: break
        }
        guard let id = row?.string("id").flatMap({ UUID($0) }), let preset = try preset(id) else {
            throw JobsError.unreadableRow("id")
        }
        return .preset(preset)
    }

    /// - Returns: nil when it is none that the caller sees.
    /// - Throws: `PostgresError`; `JobsError` for a row of another schema.
    package func preset(_ id: UUID, locking: Bool = false) throws -> Preset? {
        try connection.query(
            "select * from get_preset(\(bind: tenant), \(bind: id.description), \(bind: subject), \(bind: locking))",
            "get preset", preparing: true
        ).first.map { try Preset($0) }
    }

    /// A page, newest first, and how many match in all.
    /// - Throws: `PostgresError`; `JobsError` for a row of another schema.
    package func presets(
        module: String?, catalog: String?, limit: Int, offset: Int64
    ) throws -> (presets: [Preset], total: Int64) {
        let rows = try connection.query(
            """
            select * from list_presets(\(bind: tenant), \(bind: subject), \(bind: module), \(bind: catalog), \
            \(bind: limit), \(bind: offset))
            """, "list presets", preparing: true)
        let count = try connection.query(
            "select count_presets(\(bind: tenant), \(bind: subject), \(bind: module), \(bind: catalog)) as total",
            "count presets", preparing: true)
        return (try rows.all.map { try Preset($0) }, count.first?.integer("total") ?? 0)
    }

    /// Reads one, makes a draft of it and stores that, so that nobody changes it in between.
    /// - Returns: nil when it is none that the caller sees.
    /// - Throws: what `edit` throws; `PostgresError`; `JobsError` for a row of another schema.
    package func change(_ id: UUID, _ edit: (Preset) throws -> PresetDraft) throws -> Preset? {
        try connection.transaction {
            guard let before = try preset(id, locking: true) else { return nil }
            let draft = try edit(before)
            return try connection.query(
                """
                select * from change_preset(\(bind: tenant), \(bind: id.description), \(bind: draft.name), \
                \(bind: draft.shared), \(bind: draft.export.module), \(bind: draft.export.catalog), \
                \(bind: draft.stored))
                """, "change preset", preparing: true
            ).first.map { try Preset($0) }
        }
    }

    /// - Parameters:
    ///   - requestID: nginx's; the same request sent again gets the same answer.
    ///   - check: refuses a caller who sees it and may not remove it, by an error.
    /// - Returns: whether there was such a one, or this request has removed it.
    /// - Throws: what `check` throws; `PostgresError`; `JobsError` for a row of another schema.
    package func remove(_ id: UUID, requestID: String?, _ check: (Preset) throws -> Void) throws -> Bool {
        try connection.transaction {
            if let preset = try preset(id, locking: true) { try check(preset) }
            return try connection.query(
                """
                select remove_preset(\(bind: tenant), \(bind: id.description), \(bind: subject), \(bind: requestID)) \
                as removed
                """, "remove preset", preparing: true
            ).first?.boolean("removed") ?? false
        }
    }
}

extension PresetDraft {
    /// The request's text as its row has it.
    fileprivate var stored: String { export.shown(with: period).text }
}
