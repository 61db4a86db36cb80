import JSON

/// The part of JSON Schema 2020-12 that our OpenAPI document uses, as a checker of values. A keyword it does not know
/// is itself a finding, so that no schema says more than is checked.
package struct JSONSchema {
    /// The document that `$ref` points into.
    package let document: JSON

    package init(document: JSON) {
        self.document = document
    }

    /// Words that describe and do not judge.
    private static let annotations: Set<String> = [
        "description", "default", "examples", "example", "title", "deprecated", "readOnly", "writeOnly", "format",
        "contentMediaType", "contentEncoding",
    ]

    /// What is wrong with a value; empty when it fits.
    package func faults(_ value: JSON, _ schema: JSON, at path: String = "$") -> [String] {
        if let always = schema.bool { return always ? [] : ["\(path): nothing fits here"] }
        guard let schema = schema.object else { return ["\(path): no schema"] }
        var found: [String] = []
        for (keyword, rule) in schema.members where !Self.annotations.contains(keyword) {
            found += judge(value, keyword, rule, schema, path)
        }
        if let format = schema["format"]?.string { found += judge(value, format: format, path) }
        return found
    }

    private func judge(
        _ value: JSON, _ keyword: String, _ rule: JSON, _ schema: JSON.Object, _ path: String
    ) -> [String] {
        switch keyword {
        case "$ref": return faults(value, resolve(rule.string ?? ""), at: path)
        case "type": return isOf(type: rule, value) ? [] : ["\(path): \(shown(value)) is not of type \(rule.text)"]
        case "const": return value == rule ? [] : ["\(path): \(shown(value)) is not \(rule.text)"]
        case "enum":
            return rule.array?.contains(value) == true ? [] : ["\(path): \(shown(value)) is not one of \(rule.text)"]
        case "anyOf":
            let branches = (rule.array ?? []).map { faults(value, $0, at: path) }
            if branches.contains(where: \.isEmpty) { return [] }
            return ["\(path): fits none of several: \(branches.map { $0.joined(separator: "; ") })"]
        case "oneOf":
            let fitting = (rule.array ?? []).count { faults(value, $0, at: path).isEmpty }
            return fitting == 1 ? [] : ["\(path): fits \(fitting) of several, not one"]
        case "allOf": return (rule.array ?? []).flatMap { faults(value, $0, at: path) }
        case "required", "properties", "additionalProperties", "minProperties", "maxProperties":
            return value.object.map { judge($0, keyword, rule, schema, path) } ?? []
        case "items", "minItems", "maxItems", "uniqueItems":
            return value.array.map { judge($0, keyword, rule, path) } ?? []
        case "minLength", "maxLength", "pattern": return value.string.map { judge($0, keyword, rule, path) } ?? []
        case "minimum", "maximum": return judge(number: value, keyword, rule, path)
        default: return ["\(path): the checker does not know the keyword \(keyword)"]
        }
    }

    private func judge(
        _ object: JSON.Object, _ keyword: String, _ rule: JSON, _ schema: JSON.Object, _ path: String
    ) -> [String] {
        switch keyword {
        case "required":
            return (rule.array ?? []).compactMap(\.string).filter { object[$0] == nil }.map {
                "\(path): \($0) is missing"
            }
        case "properties":
            return object.members.flatMap { key, value in
                rule[key].map { faults(value, $0, at: "\(path).\(key)") } ?? []
            }
        case "additionalProperties":
            let declared = schema["properties"]?.object
            return object.members.filter { declared?[$0.key] == nil }.flatMap { key, value in
                faults(value, rule, at: "\(path).\(key)")
            }
        case "minProperties": return object.count >= rule.int ?? 0 ? [] : ["\(path): too few members"]
        default: return object.count <= rule.int ?? .max ? [] : ["\(path): too many members"]
        }
    }

    private func judge(_ items: [JSON], _ keyword: String, _ rule: JSON, _ path: String) -> [String] {
        switch keyword {
        case "items": return items.enumerated().flatMap { faults($1, rule, at: "\(path)[\($0)]") }
        case "minItems": return items.count >= rule.int ?? 0 ? [] : ["\(path): too few items"]
        case "maxItems": return items.count <= rule.int ?? .max ? [] : ["\(path): too many items"]
        default: return Set(items.map(\.text)).count == items.count ? [] : ["\(path): equal items"]
        }
    }

    private func judge(_ text: String, _ keyword: String, _ rule: JSON, _ path: String) -> [String] {
        switch keyword {
        case "minLength": return text.unicodeScalars.count >= rule.int ?? 0 ? [] : ["\(path): too short"]
        case "maxLength": return text.unicodeScalars.count <= rule.int ?? .max ? [] : ["\(path): too long"]
        default:
            guard let pattern = try? Regex(rule.string ?? "") else { return ["\(path): bad pattern \(rule.text)"] }
            return text.firstMatch(of: pattern) != nil
                ? [] : ["\(path): \(shown(.string(text))) does not match \(rule.text)"]
        }
    }

    private func judge(number value: JSON, _ keyword: String, _ rule: JSON, _ path: String) -> [String] {
        guard case .number(let text) = value, case .number(let bound) = rule, let number = Double(text),
            let limit = Double(bound)
        else { return [] }
        let fits = keyword == "minimum" ? number >= limit : number <= limit
        return fits ? [] : ["\(path): \(text) is beyond the \(keyword) \(bound)"]
    }

    private func judge(_ value: JSON, format: String, _ path: String) -> [String] {
        guard let text = value.string else { return [] }
        let fits =
            switch format {
            case "date-time":
                text.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/#) != nil
            case "date": text.wholeMatch(of: #/\d{4}-\d\d-\d\d/#) != nil
            case "uuid": text.wholeMatch(of: #/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/#) != nil
            case "uri": text.wholeMatch(of: #/https?://\S+/#) != nil
            case "uri-reference": !text.contains(" ")
            default: false
            }
        return fits ? [] : ["\(path): \(shown(value)) is no \(format)"]
    }

    private func isOf(type: JSON, _ value: JSON) -> Bool {
        if let alternatives = type.array { return alternatives.contains { isOf(type: $0, value) } }
        return switch (type.string, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("number", .number):
            true
        case ("integer", .number(let text)): Int(text) != nil
        default: false
        }
    }

    /// `#/components/schemas/Job`
    package func resolve(_ reference: String) -> JSON {
        reference.split(separator: "/").dropFirst().reduce(document) { node, step in
            node[String(step).replacing("~1", with: "/").replacing("~0", with: "~")] ?? .bool(false)
        }
    }

    private func shown(_ value: JSON) -> String { String(value.text.prefix(120)) }
}
