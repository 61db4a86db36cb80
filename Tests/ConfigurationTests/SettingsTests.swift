import Glibc
import Testing

@testable import Configuration

/// Settings from a file, with the environment of the tests, which sets none of them.
struct SettingsTests {
    private static let required = "DATABASE_URL: a\nCATALOGS: b\nSTORAGE: c\n"

    private func configuration(_ lines: String, required: String = Self.required) throws -> Configuration {
        var path = Array("/tmp/penstock-settings-XXXXXX".utf8CString)
        let file = mkstemp(&path)
        try #require(file >= 0)
        defer {
            close(file)
            unlink(path)
        }
        let text = required + lines
        #expect(write(file, text, text.utf8.count) == text.utf8.count)
        let name = path.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        return try Configuration(try SettingValues(allIn: name))
    }

    private func refusal(_ lines: String) -> String {
        do {
            _ = try configuration(lines)
            return "nothing was refused"
        } catch {
            return "\(error)"
        }
    }

    @Test func `every setting is defined once, with a purpose`() {
        let names = Settings.all.map(\.name)
        #expect(names.count >= 40)
        #expect(Set(names).count == names.count)
        #expect(Mirror(reflecting: Settings.shared).children.count == names.count)
        #expect(Settings.all.allSatisfy { !$0.purpose.isEmpty })
    }

    @Test func `origins are written as browsers write them`() throws {
        let configuration = try configuration(
            """
            PUBLIC_URL: https://ERP.example.com:443/tools/
            TRUSTED_ORIGINS: http://crm:8080, http://Portal.example.com:80

            """)
        #expect(configuration.publicAddress.origin == "https://erp.example.com")
        #expect(configuration.trustedOrigins.map(\.origin) == ["http://crm:8080", "http://portal.example.com"])
        #expect(try self.configuration("").publicAddress.origin == "")
        #expect(refusal("TRUSTED_ORIGINS: https://a/b\n").contains("an origin has no path"))
        #expect(refusal("TRUSTED_ORIGINS: a.example.com\n").contains("TRUSTED_ORIGINS is 'a.example.com'"))
    }

    @Test func `the default that help shows is the one that is used`() throws {
        let configuration = try configuration("")
        let shown = Dictionary(uniqueKeysWithValues: Settings.all.map { ($0.name, $0.defaultText) })
        #expect(shown["LINK_SECONDS"] == "\(configuration.linkSeconds)")
        #expect(shown["RETENTION_DAYS"] == "\(configuration.retentionDays)")
        #expect(shown["WORKER_MEMORY_MB"] == "\(configuration.workerMemoryBytes >> 20)")
        #expect(shown["SOCKET"] == configuration.socket)
        #expect(shown["TRUST_GATEWAY"] == "\(configuration.trustsGateway)")
    }

    @Test func `a setting that is left out may come from another one`() throws {
        let configuration = try configuration("SOCKET: /run/x/penstock.sock\nWORKERS: 7\n")
        #expect(configuration.sourceURL == "a")
        #expect(configuration.workers == 7 && configuration.tenantRunning == nil)
        #expect(configuration.auditSocket == "/run/x/audit.sock")
        #expect(try self.configuration("AUDIT_SOCKET: none\n").auditSocket == nil)
    }

    @Test func `sizes are given in MiB and kept in bytes, and 0 is no limit`() throws {
        let configuration = try configuration("WORKER_MEMORY_MB: 64\nTENANT_STORED_MB: 3\nRATE_PER_MINUTE: 0\n")
        #expect(configuration.workerMemoryBytes == 67_108_864)
        #expect(configuration.tenantStoredBytes == 3_145_728)
        #expect(configuration.ratePerMinute == nil)
        // What is left out is limited all the same.
        let left = try self.configuration("")
        #expect(left.ratePerMinute == 600 && left.tenantStoredBytes == 20 << 30)
    }

    @Test(arguments: [
        ("LINK_SECONDS: 3601", ":4: LINK_SECONDS is '3601'; a whole number from 1 to 3600 is expected"),
        ("LINK_SECONDS: ten", ":4: LINK_SECONDS is 'ten'; a whole number from 1 to 3600 is expected"),
        ("PENSTOCK_TRUST_GATEWAY: maybe", ":4: TRUST_GATEWAY is 'maybe'; true or false is expected"),
        ("WEBHOOK_TRUSTED_RANGES: 10.0.0.0/99", ":4: WEBHOOK_TRUSTED_RANGES holds '10.0.0.0/99'"),
        ("LINK_SECOND: 5", ":4: unknown setting 'LINK_SECOND'; did you mean 'LINK_SECONDS'?"),
        ("PUBLIC_URL: erp.example.com", "PUBLIC_URL is 'erp.example.com'; it begins with http:// or https://"),
    ])
    func `a wrong value is named with its place and what is allowed`(_ line: String, _ message: String) {
        let refusal = refusal(line + "\n")
        #expect(refusal.contains(message), "\(refusal)")
    }

    @Test func `all that is missing, wrong or no setting is told at once, and each once`() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration("STORGE: x\nLINK_SECONDS: 0\nLOG_LEVEL: loud\n", required: "STORAGE: c\n")
        }
        let faults = try #require(error).faults
        #expect(faults.count == 5, "\(faults)")
        for (fault, words) in zip(
            faults,
            [
                ":2: unknown setting 'STORGE'", "PENSTOCK_DATABASE_URL is not set (libpq URI",
                "PENSTOCK_CATALOGS is not set", ":3: LINK_SECONDS is '0'", "LOG_LEVEL is 'loud', not debug, info,",
            ])
        { #expect(fault.contains(words), "\(fault)") }
        #expect(try #require(error).description.split(separator: "\n").count == 5)
    }

    @Test(arguments: ["postgres:/shop", "mysql://u:secret@h/shop", "jdbc:postgresql://h/shop"])
    func `a URI of another kind is told without what may be its password`(_ uri: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(
                "DATABASE_URL: \(uri)\nSOURCE_URL: host=h user=u:v\n", required: "CATALOGS: b\nSTORAGE: c\n")
        }
        let faults = try #require(error).faults
        #expect(faults.count == 1 && faults.first?.contains("a libpq URI such as postgresql://") == true, "\(faults)")
        #expect(!faults.contains { $0.contains("secret") || $0.contains("shop'") })
    }

    @Test func `levels of the log are in order, and slow requests can be switched off`() throws {
        let configuration = try configuration("LOG_LEVEL: warning\nSLOW_REQUEST_MS: 0\n")
        #expect(configuration.logLevel == .warning && configuration.slowRequestMilliseconds == nil)
        #expect(try self.configuration("").logLevel == .info)
        #expect(try self.configuration("").slowRequestMilliseconds == 1000)
        #expect(LogLevel.allCases.sorted() == [.debug, .info, .warning, .error])
    }

    @Test func `a setting that has to be there is named with its purpose`() throws {
        let values = try SettingValues(file: nil)
        #expect(throws: ConfigurationError.self) { try values[\.storage] }
        #expect {
            try values.required(\.jwks)
        } throws: {
            "\($0)".hasPrefix("PENSTOCK_JWKS is not set (file of the JWT keys")
        }
    }

    @Test(arguments: [
        ("https://erp.example.com", "https://erp.example.com", ""),
        ("https://erp.example.com/tools/", "https://erp.example.com/tools", "/tools"),
        ("http://127.0.0.1:8080//", "http://127.0.0.1:8080", ""), ("", "", ""),
    ])
    func `the public address has a path and no slash at its end`(_ text: String, _ url: String, _ path: String) throws {
        let address = try PublicAddress(text)
        #expect(address.url == url)
        #expect(address.path == path)
    }
}
