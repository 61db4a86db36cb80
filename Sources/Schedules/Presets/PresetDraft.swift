import Catalog
import JSON

/// The content of a saved request, checked: the body of `POST /report/presets` with its defaults filled in.
package struct PresetDraft: Equatable, Sendable {
    package let name: String
    /// Whether all of the tenant see it.
    package let shared: Bool
    /// What the days are said by; nil for a date range, which is among the members then, or no days at all.
    package let period: Period?
    package let export: ScheduledExport

    /// The members of a body that decodes to this draft.
    package var members: JSON.Object {
        JSON.Object([("name", .string(name)), ("shared", .bool(shared)), ("request", export.shown(with: period))])
    }

    /// The members with those of a patch in their place; a request is replaced as a whole.
    package func members(patchedBy patch: JSON.Object) -> JSON {
        var merged = members
        for (key, value) in patch.members { merged[key] = value.isNull ? nil : value }
        return .object(merged)
    }
}

extension PresetDraft {
    /// - Parameters:
    ///   - knowsTimeZone: whether a zone of this name, which has the form of one, exists.
    ///   - comparing: asked for the columns that the export sorts by whose types may have no order, if any.
    /// - Throws: `RequestError`; what the closures throw.
    package init(
        _ body: JSON, in catalogs: CatalogSet, tenant: String, language: String,
        knowsTimeZone: (String) throws -> Bool, comparing: CheckedExport.Comparing
    ) throws {
        var reader = FieldReader(body)
        guard reader.faults.isEmpty else { throw RequestError.faults(reader.faults) }
        let name = ScheduleDraft.name(&reader)
        let shared = reader.flag("shared", default: false)
        guard let requested = reader.reader("request") else {
            if reader.take("request") == nil { reader.fault("request", that: "is required") }
            reader.refuseUnknown()
            throw RequestError.faults(reader.faults)
        }
        let (period, faults) = ScheduleDraft.period(requested)
        reader.add(Self.misplaced(requested))
        var export: (request: ExportRequest, report: Report)?
        do {
            let hasPeriod = requested.object["period"].map { !$0.isNull } ?? false
            export = try ScheduleDraft.export(
                requested.object, hasPeriod: hasPeriod, without: ["filterFile"] + (hasPeriod ? ["dateRange"] : []),
                in: catalogs, knowsTimeZone: knowsTimeZone)
        } catch RequestError.faults(let found) {
            reader.add(found)
        }
        reader.add(faults)
        reader.refuseUnknown()
        guard reader.faults.isEmpty, let name, let export else { throw RequestError.faults(reader.faults) }
        _ = try CheckedExport(
            export.request, of: export.report, tenant: tenant, language: language, comparing: comparing)
        var members = export.request.json.object ?? JSON.Object()
        if period != nil { members["dateRange"] = nil }
        self.init(
            name: name, shared: shared, period: period,
            export: ScheduledExport(module: export.request.module, catalog: export.request.catalog, members: members))
    }

    /// A list of keys belongs to one export, and its days are said once.
    private static func misplaced(_ requested: FieldReader) -> [RequestFault] {
        var reader = requested
        if reader.take("filterFile") != nil { reader.fault("filterFile", that: "is not part of a saved request") }
        if reader.take("period") != nil, reader.take("dateRange") != nil {
            reader.fault("dateRange", that: "cannot stand beside a period")
        }
        return reader.faults
    }
}
