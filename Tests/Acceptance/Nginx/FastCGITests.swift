import JSON
import Support
import Testing

/// I70: what nobody but a broken or hostile web server would send to the socket. In a stage of its own, because some of
/// it ends a responder (libfcgi itself aborts), which the supervisor then replaces.
@Suite(.waits) struct FastCGITests {
    private static func create(_ stage: Stage, _ id: String, length: Int? = nil) -> [UInt8] {
        FastCGIClient.pairs([
            ("REQUEST_METHOD", "POST"), ("DOCUMENT_URI", "/report/exports"), ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("HTTP_AUTHORIZATION", "Bearer \(stage["TOKEN"])"), ("CONTENT_TYPE", "application/json"),
            ("HTTP_CONTENT_TYPE", "application/json"), ("PENSTOCK_REQUEST_ID", id),
            ("CONTENT_LENGTH", String(length ?? JobLifeTests.small.serialized.count)),
        ])
    }

    @Test func `broken FastCGI runs no request and the next one is served`() throws {
        let stage = try Stage(["PENSTOCK_RESPONDERS": "2"])
        defer { stage.stop() }
        typealias F = FastCGIClient
        let body = F.record(5, JobLifeTests.small.serialized) + F.record(5)
        let whole = Self.create(stage, "x")
        let managed = (0..<20).flatMap { _ in F.pairs([("FCGI_MAX_CONNS", "")]) }
        let attacks: [(name: String, bytes: [UInt8])] = [
            ("authorizer", F.begin(role: 2) + F.record(4, Self.create(stage, "authorizer")) + F.record(4) + body),
            ("filter", F.begin(role: 3) + F.record(4, Self.create(stage, "filter")) + F.record(4) + body),
            ("role 9", F.begin(role: 9) + F.record(4, Self.create(stage, "role-9")) + F.record(4) + body),
            ("id 0", F.begin(id: 0) + F.record(4, Self.create(stage, "id-0"), id: 0) + F.record(4, id: 0) + body),
            ("version 2", F.record(1, [0, 1, 0, 0, 0, 0, 0, 0], version: 2) + F.record(4, whole, version: 2) + body),
            ("unknown type", F.record(77, [1, 2, 3]) + F.record(200)),
            (
                "multiplexed",
                F.begin() + F.begin(id: 2) + F.record(4, Self.create(stage, "mux"), id: 2) + F.record(4, id: 2)
            ),
            ("values", F.record(9, managed, id: 0)),
            ("lengths", F.begin() + F.record(4, F.bigEndian(0xFFFF_FFFE) + F.bigEndian(0xFFFF_FFFE) + [1, 2, 3])),
            ("lengths 2", F.begin() + F.record(4, F.bigEndian(0xFFFF_FFFF) + F.bigEndian(0xFFFF_FFFF) + [1, 2, 3])),
            ("params cut", F.begin() + Array(F.record(4, Self.create(stage, "params-cut")).dropLast(30))),
            ("params without end", F.begin() + F.record(4, Self.create(stage, "params-no-end"))),
            (
                "stdin cut",
                F.begin() + F.record(4, Self.create(stage, "stdin-cut")) + F.record(4)
                    + F.record(5, Array(JobLifeTests.small.serialized.dropLast(20)))
            ),
            (
                "stdin short",
                F.begin() + F.record(4, Self.create(stage, "stdin-short", length: 5000)) + F.record(4) + body
            ),
            ("half a header", [1, 1, 0]),
            ("no header", []),
            ("noise", (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }),
            ("aborted", F.begin() + F.record(4, Self.create(stage, "aborted")) + F.record(4) + F.record(2)),
        ]
        for (name, bytes) in attacks {
            _ = try F.send(stage, bytes, thenClose: true)
            let served = try eventually { try stage.client.get("/report/exports?limit=1").status == 200 }
            #expect(served, "after \(name)")
        }
        let made = try stage.value("select string_agg(request_id, ' ') from report_export_jobs")
        #expect(made == nil)
        // The supervisor waits a little before it replaces one that has just died.
        #expect(eventually(within: 30) { stage.children(named: "responder").count == 2 })
    }

    @Test func `a server that passes another list of parameters is answered, and the log says what is missing`() throws
    {
        let stage = try Stage.shared
        typealias F = FastCGIClient
        let bearer = ("HTTP_AUTHORIZATION", "Bearer \(stage["TOKEN"])")
        let get = ("REQUEST_METHOD", "GET")
        let plain = try F.request(
            stage, [get, bearer, ("REQUEST_URI", "/report/./x/../exports?limit=1"), ("QUERY_STRING", "limit=1")])
        #expect(plain.hasPrefix("Status: 200"), "\(plain.prefix(300))")
        let encoded = try F.request(
            stage, [get, bearer, ("DOCUMENT_URI", ""), ("REQUEST_URI", "http://h/report/%65xports")])
        #expect(encoded.hasPrefix("Status: 200"), "\(encoded.prefix(300))")
        for target in ["*", "/%zz", "/../../etc"] {
            let bad = try F.request(stage, [get, bearer, ("REQUEST_URI", target)])
            #expect(
                bad.hasPrefix("Status: 400") && bad.hasSuffix(#""message":"invalid_request"}"#), "\(bad.prefix(300))")
        }
        for parameters in [
            [get, bearer], [bearer, ("DOCUMENT_URI", "/report/exports")],
            [get, bearer, ("DOCUMENT_URI", "/report/exports"), ("CONTENT_TYPE", "a"), ("CONTENT_TYPE", "b")],
        ] {
            let answer = try F.request(stage, parameters)
            #expect(
                answer.hasPrefix("Status: 500") && answer.hasSuffix(#""message":"internal_error"}"#),
                "\(answer.prefix(300))")
        }
        for reason in [
            "DOCUMENT_URI is missing, and REQUEST_URI too", "REQUEST_METHOD is missing", "CONTENT_TYPE is passed twice",
        ] {
            #expect(try eventually { try stage.log.contains(reason) }, "\(reason)")
        }
    }

    @Test func `unusual but whole FastCGI is served`() throws {
        let stage = try Stage.shared
        typealias F = FastCGIClient
        let id = "padded-\(UInt32.random(in: 0 ... .max))"
        let parameters =
            Self.create(stage, id) + F.pairs([("", "empty name"), ("NAME=WITH=EQUALS", "x"), ("EMPTY", "")])
        // Records of one byte, each padded, as a server may cut them.
        let cut = parameters.flatMap { F.record(4, [$0], padding: 255) }
        let body = JobLifeTests.small.serialized.flatMap { F.record(5, [$0], padding: 7) }
        let answer = try F.send(stage, F.begin() + cut + F.record(4) + body + F.record(5))
        let text = String(decoding: F.output(of: answer), as: UTF8.self)
        #expect(text.hasPrefix("Status: 202"), "\(text.prefix(300))")
        #expect(try stage.value("select count(*) from report_export_jobs where request_id = '\(id)'") == "1")
    }
}
