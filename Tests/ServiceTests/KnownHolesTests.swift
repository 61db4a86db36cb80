import Testing

@testable import Service

/// Which versions of the servers beside Penstock are named by `check`.
struct KnownHolesTests {
    private static func postgres(_ version: Int32, encoding: String = "UTF8") -> [String] {
        ServerFindings.findings(subject: "source", version: version, encoding: encoding).map {
            "\($0.grade.rawValue) \($0.message)"
        }
    }

    @Test func `versions of PostgreSQL with known holes are named, with the version that is mended`() {
        #expect(
            Self.postgres(150_017) == [
                "warning PostgreSQL 15.17 has known holes: CVE-2026-6473 (undersized allocations);"
                    + " they are mended in 15.18"
            ])
        for mended: Int32 in [150_018, 160_014, 160_020, 170_010, 180_004, 190_000] {
            #expect(Self.postgres(mended) == [])
        }
        #expect(Self.postgres(170_000).first?.contains("CVE-2026-2006") == true)
        #expect(Self.postgres(170_008).first?.contains("CVE-2026-2006") == false)
    }

    @Test func `a server that is newer than Penstock knows is warned of`() {
        #expect(
            Self.postgres(200_001) == ["warning PostgreSQL 20.1 is newer than this Penstock, which works with 15 to 19"]
        )
        #expect(Self.postgres(190_000).allSatisfy { !$0.contains("newer") })
    }

    @Test func `a server that is too old is refused by its version`() {
        #expect(Self.postgres(140_023) == ["bad PostgreSQL 14.23 is too old: Penstock needs 15 or later"])
        #expect(Self.postgres(130_000) == ["bad PostgreSQL 13.0 is too old: Penstock needs 15 or later"])
        #expect(
            Self.postgres(150_020, encoding: "SQL_ASCII").first?.hasPrefix("warning the database is in SQL_ASCII")
                == true)
        #expect(Self.postgres(150_020, encoding: "LATIN1") == [])
    }

    @Test func `of nginx a branch that was never mended has its holes for ever`() throws {
        func names(_ text: String) throws -> [String] {
            KnownHoles.holes(in: try #require(Version(text)), of: KnownHoles.nginxRewrite).map(\.name)
        }
        for both in ["1.22.1", "1.28.3", "1.29.8", "1.30.0"] {
            #expect(try names(both) == ["CVE-2026-9256", "CVE-2026-42945"], "\(both)")
        }
        for one in ["1.30.1", "1.31.0"] { #expect(try names(one) == ["CVE-2026-9256"], "\(one)") }
        for none in ["1.30.2", "1.31.1", "1.31.3", "1.32.0"] { #expect(try names(none) == [], "\(none)") }
        let old = try #require(Version("1.22.1"))
        #expect(
            KnownHoles.message("nginx", old, KnownHoles.holes(in: old, of: KnownHoles.nginxRewrite))?.hasSuffix(
                "they are mended in 1.31.1") == true)
        for wrong in ["", "1", "1.x", "1..2", "nginx"] { #expect(Version(wrong) == nil) }
    }
}
