import HTTP
import JSON
import Yams

/// The OpenAPI 3.1 document of all surfaces, put together from the fragments of this folder.
///
/// A fragment names its surface (`x-surface`) and lists its paths, each with the answers that are its own. The errors that
/// every call of a surface can meet, those of authentication, limits, nginx and the server, are added here in the
/// surface's form, so that no fragment repeats them.
package enum OpenAPIDocument {
    private static let fragments: [[UInt8]] = [
        PackageResources.base_yaml, PackageResources.exports_yaml, PackageResources.schedules_yaml,
        PackageResources.reports_yaml, PackageResources.recent_yaml, PackageResources.records_yaml,
        PackageResources.reexports_yaml, PackageResources.webhooks_yaml,
    ]

    /// The whole document.
    /// - Parameter publicURL: how clients reach the service, without a slash at its end; empty for "this host".
    /// - Throws: when a fragment is not what this reads; a test reads them all.
    package static func make(publicURL: String) throws -> JSON {
        var document = JSONObject()
        for fragment in fragments {
            guard let node = try Yams.compose(yaml: String(decoding: fragment, as: UTF8.self)),
                case .object(var part) = json(node)
            else { continue }
            if let surface = part["x-surface"]?.string {
                part["x-surface"] = nil
                part["paths"] = part["paths"].map { addErrors(to: $0, of: surface) }
            }
            merge(part, into: &document)
        }
        if !publicURL.isEmpty { document["servers"] = [["url": .string(publicURL)]] }
        return .object(document)
    }

    // MARK: - Reading

    private static func json(_ node: Node) -> JSON {
        switch node {
        case .mapping(let mapping):
            .object(JSONObject(mapping.map { ($0.key.scalar?.string ?? "", json($0.value)) }))
        case .sequence(let sequence): .array(sequence.map(json))
        case .scalar(let scalar): json(scalar, of: node)
        case .alias: .null
        }
    }

    private static func json(_ scalar: Node.Scalar, of node: Node) -> JSON {
        switch node.tag {
        case Tag(.null): .null
        case Tag(.bool): .bool(node.bool ?? false)
        case Tag(.int), Tag(.float): .number(scalar.string)
        default: .string(scalar.string)
        }
    }

    /// Mappings are joined member by member and lists end to end; of two scalars the later one stays.
    private static func merge(_ part: JSONObject, into document: inout JSONObject) {
        for (key, value) in part.members {
            switch (document[key], value) {
            case (.object(var here)?, .object(let there)):
                merge(there, into: &here)
                document[key] = .object(here)
            case (.array(let here)?, .array(let there)): document[key] = .array(here + there)
            default: document[key] = value
            }
        }
    }

    // MARK: - Errors

    /// What any call can be answered with besides its own answers.
    private static let common = [400, 401, 403, 404, 405, 414, 429, 431, 500, 501, 502, 503, 504]
    private static let ofBodies = [413, 415]

    private static func addErrors(to paths: JSON, of surface: String) -> JSON {
        guard var paths = paths.object else { return paths }
        for (path, item) in paths.members {
            guard var item = item.object else { continue }
            for (method, operation) in item.members {
                guard var operation = operation.object, var responses = operation["responses"]?.object else { continue }
                for status in common + (operation["requestBody"] == nil ? [] : ofBodies)
                where responses["\(status)"] == nil {
                    responses["\(status)"] = error(status, of: surface)
                }
                operation["responses"] = .object(responses)
                item[method] = .object(operation)
            }
            paths[path] = .object(item)
        }
        return .object(paths)
    }

    private static func error(_ status: Int, of surface: String) -> JSON {
        let own: JSON = ["$ref": .string("#/components/schemas/\(surface)Error")]
        // What nginx answers by itself is in the words of the Exports surface.
        let body: JSON = surface == "exports" ? own : ["anyOf": [own, ["$ref": "#/components/schemas/exportsError"]]]
        var content: JSONObject = [
            "application/json": ["schema": body],
            "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]],
        ]
        // What is no HTTP at all is answered by nginx before it knows whose path it is, with a page of its own.
        if [400, 405].contains(status) { content["text/html"] = ["schema": ["type": "string"]] }
        var response = JSONObject([
            ("description", .string(StatusReason.phrase(status))), ("content", .object(content)),
        ])
        let header: String? =
            switch status {
            case 401: "WWW-Authenticate"
            case 405: "Allow"
            case 429, 502, 503, 504: "Retry-After"
            default: nil
            }
        if let header {
            let value: JSON = ["schema": ["type": "string"]]
            let limits = status == 429 ? ["RateLimit-Policy", "RateLimit"] : []
            response["headers"] = .object(JSONObject(([header] + limits).map { ($0, value) }))
        }
        return .object(response)
    }
}
