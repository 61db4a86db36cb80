import Formats
import JSON

/// The request as it is stored and hashed.
extension ExportRequest {
    /// One form for equal requests: members in a fixed order, defaults written out, unused members left out.
    /// Decoding it again gives an equal request.
    package var json: JSON {
        var object = JSON.Object([
            ("module", .string(module)), ("catalog", .string(catalog)), ("format", .string(format.rawValue)),
        ])
        if let dateRange { object["dateRange"] = dateRange.json }
        if !statuses.isEmpty { object["statuses"] = .array(statuses.map { .string($0) }) }
        if let scope {
            object["scope"] = ["type": .string(scope.type), "values": .array(scope.values.map { .string($0) })]
        }
        object["columns"] = .array(columns.map { .string($0) })
        object["relationFields"] = .array(relationFields.map(\.json))
        if !headings.isEmpty {
            object["headings"] = .object(
                JSON.Object(columns.compactMap { key in headings[key].map { (key, .string($0)) } }))
        }
        if values != .key { object["values"] = .string(values.rawValue) }
        object["timezone"] = .string(timezone)
        object["locale"] = locale.map { .string($0) }
        for (name, value) in options.members.members { object[name] = value }
        if !sort.isEmpty {
            object["sort"] = .array(
                sort.map { ["field": .string($0.field), "direction": .string($0.direction.rawValue)] })
        }
        object["includeAnnexes"] = .bool(includeAnnexes)
        object["notifyOnCompletion"] = .bool(notifyOnCompletion)
        object["deliver"] = deliver?.json
        object["filterFile"] = filterFile.map { .string($0) }
        return .object(object)
    }
}

extension DateRange {
    package var json: JSON { ["from": .string("\(from)"), "to": .string("\(to)")] }
}

extension ExportRequest.RelationField {
    fileprivate var json: JSON {
        var object = JSON.Object([("field", .string(field)), ("output", .string(output.name))])
        if case .referenceValue(let table, let referenceField) = output {
            object["table"] = .string(table)
            object["referenceField"] = .string(referenceField)
        }
        return .object(object)
    }
}
