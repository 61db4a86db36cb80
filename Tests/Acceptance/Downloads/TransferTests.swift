import Glibc
import JSON
import Posix
import Support
import Testing

/// nginx tells the audit what it has really sent: complete, a range, or cut in the middle (F47).
@Suite(.waits) struct TransferTests {
    /// A file of several megabytes.
    static let large: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv",
        "columns": ["delivery_code", "customer_id", "driver_id", "address", "attributes", "created_at", "id"],
    ]

    static func transfer(_ stage: Stage, _ requestID: String?) throws -> JSON {
        var found: JSON = nil
        _ = try eventually(within: 15) {
            found = try AuditTests.entries(stage).first { $0["requestId"]?.string == requestID }?["transfer"] ?? nil
            return !found.isNull
        }
        return found
    }

    /// Begins a download and gives up after some bytes, by a reset.
    /// - Returns: the request's id.
    private static func cut(_ stage: Stage, _ link: String, after bytes: Int) throws -> String {
        let exchange = try stage.client(.none).begin("GET", link)
        var got: [UInt8] = []
        while got.count < bytes {
            let more = try exchange.read(4096)
            if more.isEmpty { break }
            got += more
        }
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(exchange.descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        let head = String(decoding: got.prefix(4096), as: UTF8.self)
        let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("x-request-id:") } ?? ""
        return String(line.split(separator: " ").last ?? "")
    }

    @Test func `a complete download, a range, a head, a stale condition and a cut one are told apart`() throws {
        let stage = try Stage.shared
        let id = try stage.client.create(Self.large)["id"]?.string ?? ""
        let size = try #require(try stage.client.job(id, reaching: "ready")["fileSizeBytes"]?.int)
        #expect(size > 8 << 20)
        let link = try stage.client.link(id)
        let anonymous = stage.client(.none)

        let whole = try anonymous.get(link)
        let range = try anonymous.get(link, [("Range", "bytes=100-4195")])
        let beyond = try anonymous.get(link, [("Range", "bytes=\(size)-")])
        let head = try anonymous.head(link)
        let fresh = try anonymous.get(link, [("If-None-Match", whole["ETag"] ?? "")])
        let cutID = try Self.cut(stage, link, after: 100_000)

        func check(_ requestID: String?, _ kind: String, _ status: Int, _ bytes: (Int) -> Bool) throws {
            let transfer = try Self.transfer(stage, requestID)
            #expect(transfer["kind"] == .string(kind) && transfer["status"] == .int(status), "\(transfer)")
            #expect(bytes(transfer["bytes"]?.int ?? -1), "\(kind): \(transfer)")
            #expect((transfer["milliseconds"]?.int ?? -1) >= 0)
        }
        try check(whole["X-Request-Id"], "complete", 200) { $0 == size }
        try check(range["X-Request-Id"], "range", 206) { $0 == 4096 }
        try check(beyond["X-Request-Id"], "range_refused", 416) { $0 < 1000 }
        try check(head["X-Request-Id"], "head", 200) { $0 == 0 }
        try check(fresh["X-Request-Id"], "not_modified", 304) { $0 == 0 }
        try check(cutID, "cut", 200) { $0 >= 90_000 && $0 < size }

        let table = try stage.penstock("audit", "--job", id).text
        for words in ["complete \(size)", "range 4096", "cut "] { #expect(table.contains(words), "\(table)") }
        // The row of the attempt is of the tenant that the link was of, and so is what completes it.
        let tenants = try stage.rows("select distinct tenant_id from report_download_transfers where job_id = '\(id)'")
        #expect(tenants == [[stage.tenant]])
    }

    @Test func `no signature goes into a log or to the audit`() throws {
        let stage = try Stage.shared
        let (job, _) = try stage.client.export(JobLifeTests.small)
        let id = job["id"]?.string ?? ""
        let link = try stage.client.link(id)
        let reply = try stage.client(.none).get(link)
        #expect(try !Self.transfer(stage, reply["X-Request-Id"]).isNull)
        let signature = link.split(separator: "=").last.map(String.init) ?? ""
        for log in ["nginx-access.log", "nginx-error.log", "penstock.log", "nginx.log"] {
            let text = String(
                decoding: try File.bytes(at: "\(stage.state)/log/\(log)", limit: 1 << 30), as: UTF8.self)
            #expect(!text.contains(signature), "\(log)")
        }
        let stored = try stage.value("select string_agg(t::text, ' ') from report_download_transfers t") ?? ""
        #expect(!stored.contains(signature) && !stored.isEmpty)
    }

    @Test func `nothing is lost while the receiver is replaced, and what is no message is passed over`() throws {
        let stage = try Stage()
        defer { stage.stop() }
        let (job, _) = try stage.client.export(JobLifeTests.small)
        let link = try stage.client.link(job["id"]?.string ?? "")
        // Stopped, it takes nothing; killed, the next one finds what has waited in the supervisor's socket.
        let receiver = try #require(stage.children(named: "audit").first)
        kill(receiver, SIGSTOP)
        let replies = try (0..<5).map { _ in try stage.client(.none).get(link) }
        kill(receiver, SIGKILL)
        for reply in replies { #expect(try Self.transfer(stage, reply["X-Request-Id"])["kind"] == "complete") }

        let socket =
            "\(stage.settings["PENSTOCK_SOCKET"]?.split(separator: "/").dropLast().joined(separator: "/") ?? "")/audit.sock"
        let noise = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.connect(sys.argv[1])
            for m in [b"", b"noise", b"<190>Nov 25 04:30:00 penstock: {", b"{}", b'{"request_id":"","status":"x"}', b"\\xff" * 9000]:
                s.send(m)
            """
        _ = try Shell.output(["python3", "-c", noise, "/\(socket)"])
        let after = try stage.client(.none).get(link)
        #expect(try Self.transfer(stage, after["X-Request-Id"])["kind"] == "complete")

        // A reload replaces it as well; nothing is told twice.
        kill(stage.pid, SIGHUP)
        let during = try (0..<20).map { _ in try stage.client(.none).get(link) }
        for reply in during { #expect(try Self.transfer(stage, reply["X-Request-Id"])["kind"] == "complete") }
        #expect(
            try stage.value("select count(*) = count(distinct request_id) from report_download_transfers") == "t")
    }
}
