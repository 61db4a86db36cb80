import Glibc
import Posix
import Support
import Testing

/// What the role, the database, the connection string or a pooler says of settings changes no byte of a file, and what
/// of it belongs to the user stays.
@Suite(.serialized, .waitsFirst, .timeLimit(.minutes(10))) struct SourceSettingsTests {
    private static let database = Result {
        try ScratchDatabase(
            "settings",
            #"""
            create table moments (
                id int primary key, tenant text not null, at timestamptz, day date, span interval, bytes bytea, half float8,
                third float4, kind regclass);
            insert into moments
                select i, 'acme', timestamptz '2026-05-07 10:30:00.123456+00' + i * interval '1 day', date '2026-05-07' + i,
                    interval '1 year -2 days 03:04:05.6', '\x00ff5c', 0.1::float8 + 0.2, 1.0::float4 / 3, 'moments'
                from generate_series(1, 12000) i;
            create schema shop;
            create table shop.goods (id int primary key, tenant text not null, note text);
            insert into shop.goods values (1, 'acme', 'found');
            create view settings as select 1 as id, 'acme' as tenant, current_setting('work_mem') as memory,
                current_setting('app.region', true) as region;
            create view slow as select i as id, 'acme' as tenant, 'slow' as note
                from generate_series(1, 3) i, (select pg_sleep(0.3)) sleeping;
            analyze;
            """#)
    }

    private static func catalog(_ key: String, _ table: String, _ columns: [(String, String)]) -> String {
        """
        module: settings
        key: \(key)
        category: tests
        label: \(key)
        table: \(table)
        tenant: { column: tenant, type: text }
        uniqueKey: { column: id, type: integer }
        columns:

        """ + columns.map { "  - { key: \($0), label: \($0), type: \($1), default: true }\n" }.joined()
    }

    private static let catalogs = Result {
        try CatalogFiles([
            "moments.yaml": catalog(
                "moments", "moments",
                [
                    ("id", "integer"), ("at", "datetime"), ("day", "date"), ("span", "string"), ("bytes", "string"),
                    ("half", "number"), ("third", "number"), ("kind", "string"),
                ]),
            "goods.yaml": catalog("goods", "goods", [("note", "string")]),
            "slow.yaml": catalog("slow", "slow", [("note", "string")]),
            "settings.yaml": catalog("settings", "settings", [("memory", "string"), ("region", "string")]),
        ])
    }

    private func export(
        _ catalog: String, _ url: String, format: String = "csv", workers: Int = 1, _ more: [String: String] = [:]
    ) throws -> Shell.Outcome {
        let environment = [
            "PENSTOCK_SOURCE_URL": url, "PENSTOCK_CATALOGS": try Self.catalogs.get().folder, "TMPDIR": TestRun.folder,
            "PENSTOCK_PARTS_FROM_ROWS": "2000",
        ].merging(more) { $1 }
        return try Shell.run(
            [
                TestRun.program, "export", "--catalog", catalog, "--tenant", "acme", "--format", format, "--workers",
                "\(workers)", "--output", "-",
            ], environment: environment, within: 120)
    }

    /// One wrong value of each setting, and what may not change a file either.
    private static let wrong = [
        ("DateStyle", "SQL, DMY"), ("DateStyle", "German"), ("IntervalStyle", "iso_8601"),
        ("bytea_output", "escape"), ("extra_float_digits", "-3"), ("TimeZone", "Asia/Kathmandu"),
        ("search_path", "shop"), ("quote_all_identifiers", "on"), ("standard_conforming_strings", "off"),
        ("client_encoding", "LATIN1"), ("default_transaction_isolation", "serializable"),
        ("statement_timeout", "50ms"), ("lock_timeout", "1ms"), ("idle_in_transaction_session_timeout", "20ms"),
        ("default_transaction_read_only", "off"), ("transaction_timeout", "50ms"),
    ]

    @Test(.enabled(if: Pooler.isInstalled, "PgBouncer is not installed"), arguments: ["role", "database"])
    func `no setting of the role or the database changes a byte, direct or through a pooler that drops what is sent`(
        _ place: String
    ) throws {
        let database = try Self.database.get()
        let pooler = try Pooler(before: try Stage.shared, .transaction)
        defer { pooler.stop() }
        let pooled = pooler.url(database.url)
        let target = place == "role" ? "role penstock_reader in database settings" : "database settings"
        var expected: [String: [UInt8]] = [:]
        for format in ["csv", "xlsx"] {
            let outcome = try export("moments", database.url, format: format)
            try #require(outcome.status == 0, "\(outcome.errorText)")
            expected[format] = outcome.output
        }
        let known = Set(
            try database.psql("select lower(name) from pg_settings").split(separator: "\n").map(String.init))
        // What holds against the role's holds against the database's: there those that show in a file are enough.
        let wrong = place == "role" ? Self.wrong[...] : Self.wrong[..<5]
        for (name, value) in wrong where known.contains(name.lowercased()) {
            try database.psql("alter \(target) set \(name) = '\(value)'")
            defer { _ = try? database.psql("alter \(target) reset \(name)") }
            // The pooler's sessions of before have the settings of before.
            try database.psql(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = 'settings' and usename = 'penstock_reader'
                """)
            for url in [database.url, pooled] {
                let csv = try export("moments", url, workers: 2)
                #expect(csv.output == expected["csv"], "\(name) = \(value): \(csv.errorText)")
                guard name.hasSuffix("_timeout") else { continue }
                // Each of its statements takes longer than any of the limits.
                let slow = try export("slow", url)
                #expect(slow.text == "note\r\nslow\r\nslow\r\nslow\r\n", "\(name) = \(value): \(slow.errorText)")
            }
            if ["DateStyle", "extra_float_digits", "bytea_output"].contains(name) {
                let workbook = try export("moments", pooled, format: "xlsx", workers: 2)
                #expect(workbook.output == expected["xlsx"], "\(name) = \(value): \(workbook.errorText)")
            }
        }
    }

    @Test func `settings in the URL or in PGOPTIONS change no byte, and those that are the user's stay`() throws {
        let database = try Self.database.get()
        let expected = try export("moments", database.url).output
        let wrong = "&options=-c%20DateStyle%3DGerman%20-c%20bytea_output%3Descape%20-c%20extra_float_digits%3D-3"
        #expect(try export("moments", database.url + wrong, workers: 2).output == expected)
        let environment = [
            "PGOPTIONS": "-c DateStyle=German -c IntervalStyle=iso_8601", "PGDATESTYLE": "Postgres, MDY",
        ]
        #expect(try export("moments", database.url, environment).output == expected)

        let memory = "options=-c%20work_mem%3D64MB%20-c%20app.region%3Dnorth"
        #expect(try export("settings", "\(database.url)&\(memory)").text == "memory,region\r\n64MB,north\r\n")
        let options = ["PGOPTIONS": "-c work_mem=48MB -c app.region=south"]
        #expect(try export("settings", database.url, options).text == "memory,region\r\n48MB,south\r\n")
    }

    @Test func `tables without a schema are found along the search path of the role or the URL, and in public`() throws
    {
        let database = try Self.database.get()
        let missing = try export("goods", database.url)
        #expect(missing.status != 0)
        let path = "&options=-c%20search_path%3Dshop"
        #expect(try export("goods", database.url + path).text == "note\r\nfound\r\n")
        #expect(try export("settings", database.url + path).status == 0)
        try database.psql("alter role penstock_reader in database settings set search_path = shop")
        defer { _ = try? database.psql("alter role penstock_reader in database settings reset search_path") }
        #expect(try export("goods", database.url).text == "note\r\nfound\r\n")
        #expect(try export("settings", database.url).status == 0)
        let check = try database.penstock(["catalog", "check", try Self.catalogs.get().folder])
        #expect(check.status == 0, "\(check.text)")
    }

    @Test(.enabled(if: Pooler.isInstalled, "PgBouncer is not installed"))
    func `a pooler that refuses what the user sends is named with the way out, and without it there is none to refuse`()
        throws
    {
        let stage = try Stage.shared
        let pooler = try Pooler(before: stage, .session, ignoring: "")
        defer { pooler.stop() }
        let database = try Self.database.get()
        let expected = try export("moments", database.url).output
        #expect(try export("moments", pooler.url(database.url)).output == expected)

        let check = try Shell.run(
            [TestRun.program, "check"],
            environment: stage.settings.merging([
                "PENSTOCK_SOURCE_URL": pooler.url(stage.url(.source)) + "&options=-c%20work_mem%3D8MB"
            ]) { $1 })
        #expect(check.status == 78)
        #expect(check.text.contains("ignore_startup_parameters"), "\(check.text)")
    }

    @Test(arguments: [
        ("DATABASE_URL", "&load_balance=host"), ("SOURCE_URL", "&sslmode=of"), ("SOURCE_URL", "&connect_timeout=soon"),
    ])
    func `a word that libpq does not know is a fault of the settings and no outage`(_ setting: String, _ words: String)
        throws
    {
        let stage = try Stage.shared
        let name = "PENSTOCK_\(setting)"
        let settings = stage.settings.merging([name: (stage.settings[name] ?? "") + words]) { $1 }
        for command in ["check", "serve"] {
            let outcome = try Shell.run([TestRun.program, command], environment: settings)
            #expect(outcome.status == 78, "\(command): \(outcome.text)\(outcome.errorText)")
            #expect((outcome.text + outcome.errorText).contains("the connection string is not understood"))
        }
    }
}
