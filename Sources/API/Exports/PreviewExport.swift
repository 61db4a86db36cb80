import Catalog
import Configuration
import Formats
import Generation
import HTTP
import JSON
import Jobs
import Posix

/// POST /report/exports/preview
enum PreviewExport {
    /// Which rows a preview shows.
    private enum ShownRows: String, CaseIterable {
        case first
        /// Only how many there are.
        case none
    }

    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let export = try call.checked(FieldReader(try call.json()), for: caller)
        let list = try call.keyList(of: export)
        let showsRows = try caller.query.choice("rows", of: ShownRows.allCases) != ShownRows.none
        guard
            let preview = try call.context.previews.inside({ try take(export, list, call, showsRows: showsRows) })
        else {
            throw APIError.busy("As many previews as may be made at once are under way")
        }
        return .json(["success": true, "data": .object(members(of: preview, export))])
    }

    private static func take(
        _ export: CheckedExport, _ list: KeyList?, _ call: Call, showsRows: Bool
    ) throws -> Preview {
        try call.context.backends.withSource { session in
            try Preview.take(
                session, export, seconds: call.configuration.previewSeconds,
                exactUpTo: call.configuration.exactTotals,
                rowBytes: call.configuration.workerMemoryBytes / 6, filter: list?.keys(in: call.context.storage),
                showsRows: showsRows)
        }
    }

    private static func members(of preview: Preview, _ export: CheckedExport) -> JSON.Object {
        let columns = preview.columns
        let rows = preview.rows.map { row in
            JSON.object(JSON.Object(zip(columns, row).map { ($0.key, .string(orNull: $1)) }))
        }
        let described = columns.map { column -> JSON in
            [
                "key": .string(column.key), "label": .string(column.label), "type": .string(column.type.apiName),
                "relationOutput": .string(orNull: column.relationOutput),
            ]
        }
        var data: JSON.Object = [
            "module": .string(export.report.module), "catalog": .string(export.report.key),
            "category": .string(export.report.category), "format": .string(export.request.format.rawValue),
            "previewLimit": .int(Preview.limit), "totalRows": .int(preview.total.count),
            "done": .bool(preview.isComplete), "columns": .array(described), "rows": .array(rows),
        ]
        if preview.total.isEstimated { data["totalRowsEstimated"] = true }
        for (name, value) in preview.filter?.members ?? [] { data[name] = value }
        return data
    }
}
