import Glibc
import ObjectStore
import Posix
import Support
import Testing

extension BucketTests {
    /// The store of the stage, by a key, below a prefix of the test's own.
    static func client(_ prefix: String, access: String = "penstock", secret: String = "penstock-secret") throws
        -> ObjectClient
    {
        let endpoint = try Self.stage.settings["PENSTOCK_STORAGE_ENDPOINT"] ?? ""
        let place = try #require(ObjectPlace("s3://exports/\(prefix)", endpoint: endpoint, style: .path))
        return ObjectClient(
            place, RequestSigner(ObjectCredentials(access: access, secret: secret), region: "us-east-1"),
            authorities: nil, patience: 20_000)
    }

    @Test func `objects of odd names are written, read, copied, listed page by page and deleted`() throws {
        let client = try Self.client("client")
        let text = Array("one object".utf8)
        for key in ["a b+c=~&*()'!@,;$%", "ü/é", "plain"] {
            try client.put(key, text)
            #expect(try client.status(of: key)?.size == 10)
            #expect(try client.bytes(of: key, 4..<7) == Array("obj".utf8))
        }
        #expect(try client.copy("ü/é", to: "copy") && client.bytes(of: "copy") == text)
        #expect(
            try !client.copy("none", to: "copy2") && client.bytes(of: "none") == nil && client.status(of: "none") == nil
        )
        #expect(throws: ObjectError.self) { try client.put("plain", text, isNew: true) }
        #expect(try Set(client.objects("").map(\.key)) == ["a b+c=~&*()'!@,;$%", "ü/é", "plain", "copy"])
        for key in try client.objects("").map(\.key) { try client.delete(key) }
        try client.delete("plain")
        #expect(try client.objects("").isEmpty)

        // More than a page, which has 1,000.
        let many = try Self.client("many")
        for number in 0..<1_003 { try many.put("p/\(number)", []) }
        #expect(try Set(many.objects("p/").map(\.key)) == Set((0..<1_003).map { "p/\($0)" }))
    }

    @Test func `an upload in parts is there when it is completed, and its list tells of it until then`() throws {
        let client = try Self.client("parts")
        let path = "\(TestRun.folder)/part-\(Random.integer())"
        let file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        unlink(path)
        let bytes = [UInt8](repeating: 7, count: 5 << 20) + Array("the end".utf8)
        try file.writeAll(bytes)
        let id = try client.beginUpload("object", type: "text/plain")
        let first = try client.uploadPart("object", id, number: 1, file: file.raw, offset: 0, count: 5 << 20)
        #expect(try client.uploads("").map(\.id) == [id] && client.status(of: "object") == nil)
        let last = try client.uploadPart("object", id, number: 2, file: file.raw, offset: 5 << 20, count: 7)
        try client.completeUpload("object", id, etags: [first, last], size: Int64(bytes.count))
        #expect(try client.bytes(of: "object") == bytes)
        // As when the answer was lost.
        try client.completeUpload("object", id, etags: [first, last], size: Int64(bytes.count))
        let other = try client.beginUpload("other", type: "text/plain")
        try client.abortUpload("other", other)
        try client.abortUpload("other", other)
        #expect(try client.uploads("").isEmpty)
    }

    @Test func `a key that may not write and one that is wrong are told`() throws {
        let reader = try Self.client("rights", access: "reader", secret: "reader-secret")
        #expect(try reader.objects("").isEmpty)
        #expect { try reader.put("x", []) } throws: { ($0 as? ObjectError)?.kind == .denied }
        let wrong = try Self.client("rights", secret: "another")
        #expect { try wrong.objects("") } throws: { ($0 as? ObjectError)?.kind == .denied }

        let stage = try Self.stage
        let check = try Shell.run(
            [TestRun.program, "check"],
            environment: stage.settings.merging(["PENSTOCK_STORAGE_KEYS": "\(stage.state)/keys/object-reader"]) { $1 })
        #expect(check.status == 78 && check.text.contains("write an object (s3:PutObject)"), "\(check.text)")
    }
}
