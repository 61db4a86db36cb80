import JSON
import Jobs
import Posix
import Postgres
import Time

/// A saved request, as its row says.
package struct Preset: Sendable {
    package let id: UUID
    package let draft: PresetDraft
    /// The user who has saved it.
    package let createdBy: String
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    /// - Throws: `JobsError.unreadableRow` when the row is not of this program's schema.
    init(_ row: Rows.Row) throws(JobsError) {
        func required(_ column: String) throws(JobsError) -> String {
            guard let value = row.string(column) else { throw .unreadableRow(column) }
            return value
        }
        func time(_ column: String) throws(JobsError) -> Timestamp {
            guard let time = Timestamp(postgres: try required(column)) else { throw .unreadableRow(column) }
            return time
        }
        guard let id = UUID(try required("id")) else { throw .unreadableRow("id") }
        guard var members = try? JSON.parse(Array(try required("request").utf8), limits: .stored).object else {
            throw .unreadableRow("request")
        }
        let period = members["period"]?.string.flatMap(Period.init)
        members["period"] = nil
        self.id = id
        createdBy = try required("created_by")
        createdAt = try time("created_at")
        updatedAt = try time("updated_at")
        draft = PresetDraft(
            name: try required("name"), shared: row.boolean("shared") ?? false, period: period,
            export: ScheduledExport(
                module: try required("module"), catalog: try required("catalog"), members: members))
    }

    /// The request with its period, if it has one.
    package var request: JSON { draft.export.shown(with: draft.period) }

    /// As a caller sees it who may change it, or may not.
    package func json(mayChange: Bool) -> JSON {
        var object = JSON.Object([("id", .string(id.description))])
        for (key, value) in draft.members.members { object[key] = value }
        object["createdBy"] = .string(createdBy)
        object["mayChange"] = .bool(mayChange)
        object["createdAt"] = .string(createdAt.rfc3339)
        object["updatedAt"] = .string(updatedAt.rfc3339)
        return .object(object)
    }
}
