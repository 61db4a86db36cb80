import Catalog
import Configuration
import Formats
import Generation
import HTTP
import JSON

/// POST /report/exports/preview
enum PreviewExport {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let export = try call.checked(FieldReader(try call.json()), for: caller)
        let list = try call.keyList(of: export)
        let preview = try call.context.backends.withSource { session in
            try Preview.take(
                session, export, seconds: call.configuration.previewSeconds,
                rowBytes: call.configuration.workerMemoryBytes / 6, filter: list?.keys(in: call.context.storage))
        }
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
            "previewLimit": .int(Preview.limit), "totalRows": .int(preview.totalRows),
            "done": .bool(preview.isComplete), "columns": .array(described), "rows": .array(rows),
        ]
        for (name, value) in preview.filter?.members ?? [] { data[name] = value }
        return .json(["success": true, "data": .object(data)])
    }
}
