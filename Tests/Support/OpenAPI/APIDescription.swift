import JSON

/// The program's OpenAPI document, against which `Client` holds every answer that it gets in any test.
package struct APIDescription: Sendable {
    package let document: JSON

    /// What `penstock openapi` prints.
    package static let ofProgram: APIDescription? = {
        guard let said = try? Shell.run([TestRun.program, "openapi"], environment: [:]), said.status == 0,
            let document = try? JSON.parse(said.output, limits: .stored)
        else { return nil }
        return APIDescription(document: document)
    }()

    package init(document: JSON) {
        self.document = document
    }

    /// The path as the document writes it, and what it says of the method there. Of two that fit, the one with fewer
    /// parameters is meant.
    package func operation(_ method: String, _ path: String) -> (template: String, operation: JSON)? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let fitting = (document["paths"]?.object?.members ?? []).filter { template, _ in
            let steps = template.split(separator: "/", omittingEmptySubsequences: false)
            return steps.count == segments.count
                && zip(steps, segments).allSatisfy { $0 == $1 || ($0.hasPrefix("{") && !$1.isEmpty) }
        }
        let best = fitting.min { $0.key.count { $0 == "{" } < $1.key.count { $0 == "{" } }
        guard let best, let operation = best.value[method.lowercased()] else { return nil }
        return (best.key, operation)
    }

    /// What the document does not allow about an answer; empty when it is as described, or when the document does not
    /// speak of the path or the method at all.
    package func faults(_ method: String, _ target: String, _ reply: Reply) -> [String] {
        let path = String(target.prefix { $0 != "?" })
        guard let (template, operation) = operation(method == "HEAD" ? "GET" : method, path) else { return [] }
        let place = "\(method) \(template) \(reply.status)"
        guard var response = operation["responses"]?["\(reply.status)"] else { return ["\(place): not described"] }
        let schema = JSONSchema(document: document)
        if let reference = response["$ref"]?.string { response = schema.resolve(reference) }
        guard method != "HEAD", let contents = response["content"]?.object else { return [] }
        let type = String((reply["Content-Type"] ?? "").prefix { $0 != ";" })
        guard let content = contents[type] else { return ["\(place): type \(type) is not described"] }
        guard type == "application/json" || type.hasSuffix("+json"), let wanted = content["schema"] else { return [] }
        guard let body = try? JSON.parse(reply.body, limits: .stored) else { return ["\(place): no JSON"] }
        return schema.faults(body, wanted).map { "\(place): \($0)" }
    }
}
