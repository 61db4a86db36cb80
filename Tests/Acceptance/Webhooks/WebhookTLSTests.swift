import JSON
import Posix
import Support
import Testing

/// Webhooks to endpoints that speak TLS, with real certificates of authorities that only this test knows.
@Suite(.waits) struct WebhookTLSTests {
    /// Authorities, and what they have signed for an endpoint at 127.0.0.1, made by openssl.
    private struct Certificates {
        let folder: String
        /// What the service is told to trust.
        var authority: String { "\(folder)/authority.pem" }

        init() throws {
            folder = "\(TestRun.folder)/certificates-\(Random.integer())"
            try File.makeFolders(folder)
            let script = """
                cd "$0"
                key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
                for authority in authority stranger; do
                    openssl req -x509 $key -days 2 -subj "/CN=$authority" -keyout "$authority.key" -out "$authority.pem"
                done
                # issue NAME AUTHORITY SUBJECT_ALTERNATIVE DAYS
                issue() {
                    openssl req -new $key -subj /CN=endpoint -addext "subjectAltName=$3" -keyout "$1.key" -out "$1.csr"
                    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$4" \\
                        -copy_extensions copy -out "$1.crt"
                    cat "$1.key" "$1.crt" >"$1.identity"
                }
                issue good authority IP:127.0.0.1 2
                issue unknown stranger IP:127.0.0.1 2
                issue misnamed authority DNS:other.example,IP:127.0.0.2 2
                issue expired authority IP:127.0.0.1 -1
                """
            _ = try Shell.output(["bash", "-euc", script, folder])
        }

        /// Has the endpoint show another certificate from its next connection on.
        func show(_ name: String) throws {
            _ = try Shell.output(
                ["bash", "-euc", #"cp "$0/$1.identity" "$0/new"; mv "$0/new" "$0/identity""#, folder, name])
        }

        var identity: String { "\(folder)/identity" }
    }

    private func row(_ job: String, _ stage: Stage) throws -> [String?] {
        try stage.rows(
            """
            select delivered_at is not null, o.attempts, last_status, last_error, notified_at is not null
            from report_webhook_outbox o join report_export_jobs j on j.id = o.job_id where o.job_id = '\(job)'
            """
        ).first ?? Array(repeating: nil, count: 5)
    }

    @Test func `a certificate that does not verify is a failed attempt, and the message comes once it does`() throws {
        let certificates = try Certificates()
        try certificates.show("good")
        let receiver = try Receiver(identity: certificates.identity)
        let stage = try Stage([
            "PENSTOCK_WEBHOOK_TRUSTED_RANGES": "127.0.0.0/8", "PENSTOCK_WEBHOOK_RETRY_SECONDS": "1",
            "PENSTOCK_WEBHOOK_CA": certificates.authority,
        ])
        defer { stage.stop() }
        let secret = try stage.penstock("webhooks", "set", "--tenant", stage.tenant, "--url", receiver.url("/ok"))
        try receiver.expect([String(secret.text.dropLast())])
        var wanted = JobLifeTests.small.object ?? JSON.Object()
        wanted["notifyOnCompletion"] = true
        func make() throws -> String { try stage.client.create(.object(wanted))["id"]?.string ?? "" }

        let id = try make()
        #expect(try eventually { try row(id, stage).first == "t" })
        #expect(try row(id, stage) == ["t", "1", "200", nil, "t"])
        let got = receiver.requests("/ok")
        #expect(
            got.count == 1 && got.first?["valid"] == [true] && got.first?["tls"]?.string?.hasPrefix("TLSv1.") == true)
        #expect(got.first?["body"]?.string?.contains(id) == true)

        // Of an authority that is not trusted, for another address, of yesterday.
        let words = ["unknown": "issuer", "misnamed": "127.0.0.1", "expired": "expired"]
        for (name, word) in words.sorted(by: { $0.key > $1.key }) {
            try certificates.show(name)
            let tested = try stage.penstock("webhooks", "test", "--tenant", stage.tenant)
            #expect(tested.status == 69 && tested.errorText.contains(word), "\(name): \(tested.errorText)")
        }
        let refused = try make()
        // An attempt is counted before it is made, and told when it has failed.
        var failed: [String?] = []
        let isTold = try eventually(within: 30) {
            failed = try row(refused, stage)
            return failed[3] != nil
        }
        #expect(isTold && failed[1].flatMap { Int($0) } ?? 0 >= 1)
        #expect(failed[0] == "f" && failed[2] == nil && failed[3]?.contains("expired") == true, "\(failed)")
        #expect(failed[4] == "f")
        #expect(receiver.requests("/ok").count == 1, "nothing was said to it")
        #expect(eventually { receiver.requests("handshake").count >= 4 })

        try certificates.show("good")
        #expect(try eventually(within: 30) { try row(refused, stage).first == "t" })
        #expect(receiver.requests("/ok").last?["body"]?.string?.contains(refused) == true)

        // The system's authorities know nothing of this one.
        var settings = stage.settings
        settings["PENSTOCK_WEBHOOK_CA"] = nil
        let test = [TestRun.program, "webhooks", "test", "--tenant", stage.tenant]
        let stranger = try Shell.run(test, environment: settings)
        #expect(stranger.status == 69 && stranger.errorText.contains("issuer"), "\(stranger.errorText)")
        #expect(try Shell.run(test, environment: stage.settings).status == 0)
    }

    @Test func `a file of authorities that holds none is told before anything is sent`() throws {
        let stage = try Stage.shared
        for path in ["\(stage.state)/no-such.pem", "\(TestRun.source)/README.md"] {
            var settings = stage.settings
            settings["PENSTOCK_WEBHOOK_CA"] = path
            let check = try Shell.run([TestRun.program, "check"], environment: settings)
            #expect(check.status == 78 && (check.text + check.errorText).contains("WEBHOOK_CA"), "\(check.text)")
        }
    }
}
