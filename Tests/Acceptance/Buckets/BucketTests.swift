import Glibc
import JSON
import Posix
import Support
import Testing

/// A service whose storage is a bucket of a real object store: the same files, sent by nginx, with the same audit.
@Suite(.waitsFirst, .serialized) struct BucketTests {
    static let failpoints = "\(TestRun.folder)/bucket-failpoints"
    private static let result = Result {
        mkdir(failpoints, 0o700)
        return try Stage(inBucket: [
            "DEMO_ROWS": "60000", "PENSTOCK_SWEEP_SECONDS": "1", "PENSTOCK_PARTS_FROM_ROWS": "20000",
            "PENSTOCK_FAILPOINTS": failpoints,
        ])
    }
    static var stage: Stage { get throws { try result.get() } }

    @Test func `lists of keys and kept rows lie in the bucket, too`() throws {
        let stage = try Self.stage
        let codes = try FilterFile.codes(stage, "true", limit: 500)
        let list = Array(codes.joined(separator: "\n").utf8)
        let expected = try FilterFile.expected(stage, codes)
        let id = try stage.client.create(FilterFile.orders, list: list)["id"]?.string ?? ""
        _ = try stage.client.job(id, reaching: "ready")
        let file = try stage.client.file(id).body
        #expect(FilterFile.firstColumn(file) == expected)
        // The list of the earlier export, by its digest: a copy of the object.
        var again = FilterFile.orders.object ?? JSON.Object()
        let digest = try Shell.output(["sha256sum"], input: list)
        again["filterFile"] = .string(String(decoding: digest.prefix(64), as: UTF8.self))
        #expect(try FilterFile.firstColumn(stage.client.export(.object(again)).file) == expected)
        #expect(try ReexportTests.rendered(id, [:], stage.client).file == file)
    }

    @Test func `an export goes into the bucket and comes back through nginx as from a folder`() throws {
        let stage = try Self.stage
        let check = try stage.penstock("check")
        #expect(
            check.status == 0 && check.text.contains("storage: s3://exports/some/place can be written"), "\(check.text)"
        )

        let id = try stage.client.create(TransferTests.large)["id"]?.string ?? ""
        let job = try stage.client.job(id, reaching: "ready")
        let link = try stage.client.link(id)
        let anonymous = stage.client(.none)
        let whole = try anonymous.get(link)
        #expect(whole.status == 200 && whole.body.count == job["fileSizeBytes"]?.int)
        #expect(whole["Content-Type"] == "text/csv; charset=utf-8", "\(whole["Content-Type"] ?? "")")
        #expect(whole["Content-Disposition"]?.contains("attachment") == true)
        #expect(whole["Repr-Digest"]?.hasPrefix("sha-256=:") == true)
        #expect(whole["X-Amz-Request-Id"] == nil && whole["X-Penstock-Authorization"] == nil)
        let digest = try Shell.output(["sha256sum"], input: whole.body)
        #expect(String(decoding: digest, as: UTF8.self).prefix(64) == job["metadata"]?["sha256"]?.string ?? "")

        let etag = whole["ETag"] ?? ""
        #expect(etag.hasPrefix("\""))
        let range = try anonymous.get(link, [("Range", "bytes=100-4195")])
        #expect(range.status == 206 && range.body == Array(whole.body[100..<4196]))
        #expect(range["Content-Range"] == "bytes 100-4195/\(whole.body.count)")
        let fitting = try anonymous.get(link, [("Range", "bytes=5-9"), ("If-Range", etag)])
        #expect(fitting.status == 206 && fitting.body == Array(whole.body[5..<10]))
        let other = try anonymous.get(link, [("Range", "bytes=5-9"), ("If-Range", "\"other\"")])
        #expect(other.status == 200 && other.body.count == whole.body.count)
        let several = try anonymous.get(link, [("Range", "bytes=0-1,5-6")])
        #expect(several.status == 200 && several.body.count == whole.body.count)
        let beyond = try anonymous.get(link, [("Range", "bytes=\(whole.body.count)-")])
        #expect(beyond.status == 416 && beyond["Content-Range"] == "bytes */\(whole.body.count)")
        #expect(try beyond.json["message"] == "range_not_satisfiable")
        #expect(try anonymous.get(link, [("If-None-Match", etag)]).status == 304)
        #expect(try anonymous.get(link, [("If-Match", "\"other\"")]).status == 412)
        let head = try anonymous.head(link)
        #expect(head.status == 200 && head["Content-Length"] == "\(whole.body.count)" && head.body.isEmpty)
        #expect(try TransferTests.transfer(stage, whole["X-Request-Id"])["kind"] == "complete")
        #expect(try TransferTests.transfer(stage, range["X-Request-Id"])["kind"] == "range")

        for log in ["nginx-error.log", "nginx-access.log", "penstock.log"] {
            let text = String(decoding: try File.bytes(at: "\(stage.state)/log/\(log)", limit: 1 << 28), as: UTF8.self)
            #expect(
                !text.contains("AWS4-HMAC") && !text.contains("Signature=") && !text.contains("penstock-secret"),
                "\(log)")
        }
    }
}
