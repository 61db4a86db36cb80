import HTTP
import Identity
import JSON
import Support
import Testing

@testable import API

@Suite struct OpenAPITests {
    private let document: JSON
    private var paths: [(key: String, value: JSON)] { document["paths"]?.object?.members ?? [] }

    init() throws {
        document = try OpenAPIDocument.make(publicURL: "https://erp.example.com")
    }

    @Test func `every path that is served is described, and none that is not`() {
        let served = Surface.all.flatMap(\.endpoints)
        #expect(Set(paths.map(\.key)) == Set(served.map(\.path.description)))
        #expect(document["servers"] == [["url": "https://erp.example.com"]])
        #expect(document["operations"] == nil)
    }

    @Test func `the methods of a described path are those that its route serves`() throws {
        let table = RouteTable(Surface.all)
        for (template, item) in paths {
            let segments = template.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
                $0.hasPrefix("{") ? "x1" : String($0)
            }
            let route = try #require(table.route(segments), "no route for \(template)")
            #expect(route.path.description == template)
            let described = Set((item.object?.keys ?? []).compactMap { Method(rawValue: $0.uppercased()) })
            #expect(described == route.methods, "\(template)")
        }
    }

    @Test func `body, query and credential of an endpoint are described as they are taken`() throws {
        for endpoint in Surface.all.flatMap(\.endpoints) {
            let what: Comment = "\(endpoint.operation)"
            let operation = try #require(
                document["paths"]?[endpoint.path.description]?[endpoint.method.rawValue.lowercased()])
            #expect(operation["operationId"]?.string == endpoint.operation)
            let types = Set(operation["requestBody"]?["content"]?.object?.keys ?? [])
            switch endpoint.body {
            case .none: #expect(types.isEmpty, what)
            case .json: #expect(types == ["application/json"], what)
            case .jsonOrFilterFile: #expect(types == ["application/json", "multipart/form-data"], what)
            }
            #expect((operation["security"] == [[:]]) == (endpoint.handler.query == nil), what)
            guard let query = endpoint.handler.query else { continue }
            let parameters = (operation["parameters"]?.array ?? []).map { parameter in
                parameter["$ref"]?.string.map { JSONSchema(document: document).resolve($0) } ?? parameter
            }
            let named = parameters.filter { $0["in"] == "query" }.compactMap { $0["name"]?.string }
            #expect(
                Set(named.filter { !query.hasPrefix($0) }) == query.names.union(["tenant_id", "language"]), what)
            #expect((query.prefix != nil) == named.contains { query.hasPrefix($0) }, what)
        }
    }

    @Test func `an operation that answers with one body says which permission it needs`() throws {
        for endpoint in Surface.all.flatMap(\.endpoints) where !endpoint.isStream {
            guard let permission = endpoint.handler.access?.permission else { continue }
            let operation = document["paths"]?[endpoint.path.description]?[endpoint.method.rawValue.lowercased()]
            let words = operation?["description"]?.string ?? ""
            #expect(words.contains(permission.rawValue), "\(endpoint.operation): \(words)")
        }
    }

    @Test func `every reference leads to something`() {
        let schema = JSONSchema(document: document)
        for reference in references(document) {
            #expect(schema.resolve(reference) != .bool(false), "\(reference)")
        }
    }

    @Test func `the examples of requests and answers fit their schemas`() {
        let schema = JSONSchema(document: document)
        var checked = 0
        for (template, item) in paths {
            for (method, operation) in item.object?.members ?? [] {
                let answers = (operation["responses"]?.object?.members ?? []).map(\.value)
                for holder in answers + [operation["requestBody"] ?? .null] {
                    for (_, content) in holder["content"]?.object?.members ?? [] {
                        guard let example = content["example"], let wanted = content["schema"] else { continue }
                        checked += 1
                        #expect(schema.faults(example, wanted) == [], "\(method) \(template)")
                    }
                }
            }
        }
        #expect(checked > 3)
    }

    @Test func `every operation has an id of its own, a summary and a tag that is declared`() {
        let tags = Set((document["tags"]?.array ?? []).compactMap { $0["name"]?.string })
        var ids: [String] = []
        for (template, item) in paths {
            for (method, operation) in item.object?.members ?? [] {
                ids.append(operation["operationId"]?.string ?? "")
                #expect(operation["summary"]?.string?.isEmpty == false, "\(method) \(template)")
                let named = (operation["tags"]?.array ?? []).compactMap(\.string)
                #expect(!named.isEmpty && tags.isSuperset(of: named), "\(method) \(template)")
            }
        }
        #expect(Set(ids).count == ids.count && !ids.contains(""))
    }

    private func references(_ value: JSON) -> [String] {
        switch value {
        case .object(let object):
            object.members.flatMap { $0.key == "$ref" ? [$0.value.string ?? ""] : references($0.value) }
        case .array(let items): items.flatMap(references)
        default: []
        }
    }
}
