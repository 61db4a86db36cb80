import HTTP
import JSON
import Support
import Testing

@testable import API

/// What holds for every endpoint of the table, in process.
@Suite(.waits) struct EndpointTests {
    private static let endpoints = Surface.all.flatMap(\.endpoints)

    private func target(_ endpoint: Endpoint) -> String {
        endpoint.path.description.replacing(#/{[a-z_]+}/#, with: "x1")
    }

    private func send(
        _ method: String, _ endpoint: Endpoint, _ credential: Credential, query: String = ""
    ) throws -> Reply {
        let json = endpoint.body == .none ? [] : [("Content-Type", "application/json")]
        return try InProcessService.shared.api(credential).send(
            method, target(endpoint) + query, json, body: endpoint.body == .none ? nil : Array("{}".utf8))
    }

    @Test func `OPTIONS tells the methods of a path, and another one is 405 with the same Allow`() throws {
        let service = try InProcessService.shared
        for endpoint in Self.endpoints {
            let methods = Self.endpoints.filter { target($0) == target(endpoint) }.map(\.method)
            let allow = Method.allow(Set(methods))
            let options = try service.api.send("OPTIONS", target(endpoint))
            #expect(options.status == 204 && options["Allow"] == allow && options.body.isEmpty, "\(endpoint.path)")
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "FOO", "get"]
            where !methods.map(\.rawValue).contains(method) {
                let reply = try service.api.send(method, target(endpoint))
                #expect(reply.status == 405 && reply["Allow"] == allow, "\(method) \(endpoint.path)")
            }
        }
    }

    @Test func `without a credential every endpoint but the open ones is 401`() throws {
        for endpoint in Self.endpoints {
            let reply = try send(endpoint.method.rawValue, endpoint, .none)
            #expect((reply.status == 401) == (endpoint.handler.access != nil), "\(endpoint.operation)")
            #expect(reply.status != 401 || reply["WWW-Authenticate"] != nil, "\(endpoint.operation)")
        }
    }

    @Test func `a caller without permissions is refused, and so is a name that the query does not have`() throws {
        let service = try InProcessService.shared
        let token = try service.penstock("token", "--subject", "nobody", "--tenant", service.tenant)
        let nobody = Credential.bearer(String(token.text.dropLast()))
        for endpoint in Self.endpoints where endpoint.handler.access != nil {
            #expect(try send(endpoint.method.rawValue, endpoint, nobody).status == 403, "\(endpoint.operation)")
            let query = try send(
                endpoint.method.rawValue, endpoint, .bearer(service["ADMIN_TOKEN"]), query: "?no_such_name=1")
            #expect(query.status == 400 && query.text.contains("no_such_name"), "\(endpoint.operation)")
        }
    }

    @Test func `a path that nobody serves is 404 in the form of the surface it lies under`() throws {
        let service = try InProcessService.shared
        for surface in Surface.all {
            let slash = surface.endsInSlash == true ? "/" : ""
            let reply = try service.api.send("GET", "\(surface.prefix)/no/such/path\(slash)")
            #expect(reply.status == 404 && reply.body == surface.errors.body(.notFound).serialized, "\(surface.name)")
        }
        #expect(try service.api.get("/").json == ["success": false, "message": "not_found"])
    }

    @Test func `a body over the limit is 413 and never read`() throws {
        let service = try InProcessService.shared
        let large = [UInt8](repeating: UInt8(ascii: " "), count: BodyLimits.json + 1)
        for (target, message) in [
            ("/report/exports", #"{"success":false,"message":"payload_too_large"}"#), ("/api/v1/exports", "larger"),
        ] {
            let reply = try service.api.send("POST", target, [("Content-Type", "application/json")], body: large)
            #expect(reply.status == 413 && reply.text.contains(message), "\(reply.text)")
        }
    }
}
