import Posix
import Support
import Testing

/// Rules of security that hold by what does not stand in the tree (the numbers are those of docs/faults.md).
@Suite(.waits) struct SourceRulesTests {
    /// Lines of files below some folders that match an extended regular expression, without comments.
    private static func lines(_ pattern: String, in folders: [String], named names: [String]) throws -> [String] {
        let found = try Shell.run(
            ["grep", "-rniE"] + names.map { "--include=\($0)" } + ["-e", pattern]
                + folders.map { "\(TestRun.source)/\($0)" })
        return found.text.split(separator: "\n").map { $0.dropFirst(TestRun.source.count + 1) }.filter {
            let code = $0.split(separator: ":", maxSplits: 2).last?.drop { $0 == " " } ?? ""
            return !["//", "--", "#", "///"].contains { code.hasPrefix($0) }
        }.map(String.init)
    }

    @Test(arguments: [
        (
            "S2 a code of authenticity is compared by nothing but the library",
            #"(mac|hmac|signature|authenticationcode)\w* *(==|!=) "#
        ),
        ("S7 a session keeps its role", #"\b(set|reset) +(local +|session +)?(role|authorization)\b"#),
        ("S9 rows are copied to and from the client alone", #"copy\b.*\b(program|(to|from) +(e?')[^']*')"#),
        (
            "S16 no parameter of a request becomes a variable of the environment",
            #"\b(setenv|putenv)\(($|[^"]|"[^T]|"T[^Z])"#
        ),
        ("S36 processes have one thread", #"^ *import +(Dispatch|Foundation)|pthread_create|Thread\(|Task *\{"#),
        (
            "F58 random numbers are the kernel's, each time",
            #"SystemRandomNumberGenerator|\.random\(in|arc4random|[^a-z]rand(om)?\(\)|drand48"#
        ),
    ]) func `no line of the sources does otherwise`(_ rule: String, _ pattern: String) throws {
        let found = try Self.lines(
            pattern, in: ["Sources", "sql/functions", "sql/migrations"], named: ["*.swift", "*.c", "*.sql"])
        #expect(found == [], "\(rule)")
    }

    @Test(arguments: [
        ("S16 a client's Proxy header arrives nowhere", #"^[^#]*fastcgi_param +HTTP_PROXY +"" *;"#),
        ("S17 only nginx itself gets to the files", #"^[^#]*\binternal;"#),
        ("S17 links in the folder of the files lead nowhere", #"^[^#]*disable_symlinks +on"#),
        ("S22 a file is not kept by caches", #"^[^#]*Cache-Control"#),
        ("S22 a file is not sniffed", #"^[^#]*nosniff"#),
        ("S30 nginx's own limits are in the snippet", #"limit_(req|conn)"#),
    ]) func `the snippet for nginx says so`(_ rule: String, _ pattern: String) throws {
        let found = try Shell.run(["grep", "-rhE", "--include=*.conf", "-e", pattern, "\(TestRun.source)/nginx"])
        #expect(!found.output.isEmpty, "\(rule)")
    }

    @Test func `S18 S19 S20 the snippet uses no variable and no module that has had holes and can be done without`()
        throws
    {
        let pattern = #"\$tcpinfo_|x-accel-mapping|\b(ssi|slice|dav_methods|mp4|perl|js_\w+|rewrite|charset) "#
        #expect(try Self.lines(pattern, in: ["nginx"], named: ["*.conf"]) == [])
    }

    @Test func `failpoints are there in debug builds alone`() throws {
        let found = try Self.lines("PENSTOCK_FAILPOINTS", in: ["Sources"], named: ["*"])
        #expect(found.count == 1)
        let text = String(
            decoding: try File.bytes(at: "\(TestRun.source)/Sources/Posix/Failpoint.swift"), as: UTF8.self)
        let parts = text.split(separator: "#if DEBUG")
        #expect(parts.count == 3 && !parts[0].contains("Host.environment"))
        for part in parts.dropFirst() {
            let after = part.split(separator: "#endif").dropFirst().joined()
            #expect(!after.contains("Host.environment") && !after.contains("raise("))
        }
    }
}
