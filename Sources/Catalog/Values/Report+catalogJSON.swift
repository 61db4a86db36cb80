import Formats
import JSON

/// A report as the API lists it. Field names and their order are those of the Exports API.
extension Report {
    /// `dateField` and `statuses` are left out when the report does not have them; `scopes` and `relationOptions` are
    /// then empty arrays.
    package func catalogJSON(language: String) -> JSON {
        var object = JSON.Object([
            ("key", .string(key)),
            ("category", .string(category)),
            ("label", .string(label.label(language))),
            ("description", .string(description.label(language))),
            ("supportedFormats", .array(formats.map { .string($0.rawValue) })),
        ])
        if let dateField {
            object["dateField"] = [
                "key": .string(dateField.column), "label": .string(dateField.label.label(language)),
            ]
        }
        if let statuses {
            object["statuses"] = .array(
                statuses.values.map {
                    ["value": .string($0.value), "label": .string($0.label.label(language))]
                })
        }
        object["scopes"] = .array(scopes.map { $0.catalogJSON(language: language) })
        object["columns"] = .array(columns.map { $0.catalogJSON(language: language) })
        return .object(object)
    }
}

extension Report {
    /// A report in the list of all: what a reader chooses by, and what its form needs beyond `catalogJSON`.
    package func summaryJSON(language: String) -> JSON {
        var object: JSON.Object = [
            "module": .string(module), "key": .string(key), "category": .string(category),
            "label": .string(label.label(language)), "description": .string(description.label(language)),
            "supportedFormats": .array(formats.map { .string($0.rawValue) }),
            "keepsRows": .bool(keepRowsSeconds != nil),
        ]
        if let column = filterKey.flatMap({ column($0) }) {
            object["filterKey"] = ["key": .string(column.key), "label": .string(column.label.label(language))]
        }
        return .object(object)
    }
}

extension Scope {
    fileprivate func catalogJSON(language: String) -> JSON {
        var object = JSON.Object([
            ("type", .string(type)), ("label", .string(label.label(language))), ("multi", .bool(multi)),
        ])
        if let valueSource {
            var source = JSON.Object([
                ("endpoint", .string(valueSource.endpoint)),
                ("itemsField", .string(valueSource.itemsField)),
                ("valueField", .string(valueSource.valueField)),
                ("labelField", .string(valueSource.labelField)),
            ])
            source["searchParam"] = valueSource.searchParam.map { .string($0) }
            source["pageParam"] = valueSource.pageParam.map { .string($0) }
            object["valueSource"] = .object(source)
        }
        return .object(object)
    }
}

extension Column {
    fileprivate func catalogJSON(language: String) -> JSON {
        [
            "key": .string(key),
            "label": .string(label.label(language)),
            "type": .string(type.apiName),
            "defaultSelected": .bool(isDefault),
            "relationOptions": .array(relationOptions.map { $0.catalogJSON(language: language) }),
        ]
    }
}

extension RelationOption {
    fileprivate func catalogJSON(language: String) -> JSON {
        var object = JSON.Object([("output", .string(output.name)), ("label", .string(label.label(language)))])
        if case .referenceValue(let path) = output {
            object["table"] = .string(path.relation)
            object["referenceField"] = .string(path.referenceField)
        }
        return .object(object)
    }
}
