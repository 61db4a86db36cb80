import HTTP
import JSON
import Yams

/// The OpenAPI 3.1 document of all surfaces: the paths and methods of the table, described by fragments.
///
/// A fragment lists operations by their ids, each with the answers that are its own, and schemas. The errors that every
/// call of a surface can meet, those of authentication, limits, nginx and the server, are added here in the surface's
/// form, so that no fragment repeats them.
package enum OpenAPIDocument {
    /// An endpoint of the table that no fragment describes, or a described operation that the table does not have.
    struct Mismatch: Error { let operation: String }

    /// The whole document.
    /// - Parameter publicURL: how clients reach the service, without a slash at its end; empty for "this host".
    /// - Throws: when a fragment is not YAML as it is read here, or does not describe just the endpoints; a test reads
    ///   them all.
    package static func make(publicURL: String) throws -> JSON {
        var document = JSON.Object()
        for fragment in [PackageResources.base_yaml] + Surface.all.flatMap(\.fragments) + [
            PackageResources.webhooks_yaml
        ] {
            guard let node = try Yams.compose(yaml: filled(String(decoding: fragment, as: UTF8.self))),
                case .object(let part) = json(node)
            else { continue }
            merge(part, into: &document)
        }
        document["paths"] = .object(try paths(of: document["operations"]?.object ?? JSON.Object()))
        document["operations"] = nil
        if !publicURL.isEmpty { document["servers"] = [["url": .string(publicURL)]] }
        return .object(document)
    }

    private static func paths(of operations: JSON.Object) throws(Mismatch) -> JSON.Object {
        let served = Set(Surface.all.flatMap(\.endpoints).map(\.operation))
        for operation in operations.keys where !served.contains(operation) { throw Mismatch(operation: operation) }
        var paths = JSON.Object()
        for surface in Surface.all {
            for endpoint in surface.endpoints {
                guard let described = operations[endpoint.operation]?.object else {
                    throw Mismatch(operation: endpoint.operation)
                }
                let operation = JSON.Object([("operationId", .string(endpoint.operation))] + described.members)
                var item = paths[endpoint.path.description]?.object ?? JSON.Object()
                item[endpoint.method.rawValue.lowercased()] = .object(addErrors(to: operation, of: surface))
                paths[endpoint.path.description] = .object(item)
            }
        }
        return paths
    }

    // MARK: - Reading

    private static func json(_ node: Node) -> JSON {
        switch node {
        case .mapping(let mapping):
            .object(JSON.Object(mapping.map { ($0.key.scalar?.string ?? "", json($0.value)) }))
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
    private static func merge(_ part: JSON.Object, into document: inout JSON.Object) {
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

    /// The errors that any call can be answered with.
    private static let common = [400, 401, 403, 404, 405, 414, 429, 431, 500, 501, 502, 503, 504]
    private static let ofBodies = [413, 415]

    private static func addErrors(to operation: JSON.Object, of surface: Surface) -> JSON.Object {
        var operation = operation
        var responses = operation["responses"]?.object ?? JSON.Object()
        for status in common + (operation["requestBody"] == nil ? [] : ofBodies) where responses["\(status)"] == nil {
            responses["\(status)"] = error(status, of: surface)
        }
        operation["responses"] = .object(responses)
        return operation
    }

    private static func error(_ status: Int, of surface: Surface) -> JSON {
        let own: JSON = ["$ref": .string("#/components/schemas/\(surface.name)Error")]
        // nginx's own answers are in the words of the first surface.
        let nginx: JSON = ["$ref": .string("#/components/schemas/\(Surface.all[0].name)Error")]
        let body: JSON = own == nginx ? own : ["anyOf": [own, nginx]]
        var content: JSON.Object = [
            "application/json": ["schema": body],
            "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]],
        ]
        // Bytes that are no HTTP are answered by nginx before it knows the path, with a page of its own.
        if [400, 405].contains(status) { content["text/html"] = ["schema": ["type": "string"]] }
        var response = JSON.Object([
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
            response["headers"] = .object(JSON.Object(([header] + limits).map { ($0, value) }))
        }
        return .object(response)
    }
}
