import Glibc
import JSON
import Posix
import Support
import Testing

/// Sources whose encoding cannot hold every text: what it cannot hold equals nothing there, and spoils nothing else.
@Suite(.waits) struct SourceEncodingTests {
    struct Source: Sendable {
        let encoding: String
        /// A text that the encoding holds, and texts that it does not.
        let held: String
        let foreign: [String]
    }

    static let sources = [
        Source(encoding: "LATIN1", held: "Zoë", foreign: ["50 €", "žilina", "😀"]),
        Source(encoding: "WIN1252", held: "50 €", foreign: ["Ω", "ā b", "東京"]),
        Source(encoding: "EUC_JP", held: "東京", foreign: ["50 €", "😀"]),
    ]

    static func schema(_ source: Source) -> String {
        """
        create extension citext;
        create schema enc;
        create table enc.t (id bigint primary key, tenant_id text not null, status text, v text, w varchar(20),
            c char(12), i citext);
        insert into enc.t select g, case when g = 3 then '\(source.held)' else 'acme' end, s, s, s, s, s
        from (values (1, '\(source.held)'), (2, 'other'), (3, '\(source.held)'), (4, 'last')) as rows (g, s);
        """
    }

    static func catalog(_ source: Source, key: String = "v") -> String {
        """
        module: enc
        key: t-\(key)
        category: operational
        label: T
        table: enc.t
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: integer }
        statuses: { column: status, values: [other, "\(source.held)", "\(source.foreign[0])"] }
        scopes:
          - { type: v, label: V, column: v }
          - { type: c, label: C, column: c }
          - { type: i, label: I, column: i }
        columns:
          - { key: id, label: No, type: integer, default: true }
          - { key: v, label: V, type: string }
          - { key: w, label: W, type: string }
          - { key: c, label: C, type: string }
          - { key: i, label: I, type: string }
        filterKey: \(key)

        """
    }

    static func ids(_ file: [UInt8]) -> [String] { CSVText(file).records.dropFirst().compactMap { $0.first?.text } }

    @Test(arguments: sources)
    func `a value that the encoding cannot hold finds nothing, and those beside it find theirs`(_ source: Source) throws
    {
        let database = try ScratchDatabase(
            "enc_\(source.encoding.lowercased())", Self.schema(source), encoding: source.encoding)
        let keys = ["v", "w", "c", "i"]
        let files = try CatalogFiles(
            Dictionary(uniqueKeysWithValues: keys.map { ("\($0).yaml", Self.catalog(source, key: $0)) }))
        func export(_ members: String, tenant: String = "acme", list: String? = nil, key: String = "v") throws -> (
            ids: [String], receipt: JSON
        ) {
            let folder = try CatalogFiles([
                "request": #"{"module":"enc","catalog":"t-\#(key)","format":"csv"\#(members)}"#
            ])
            .folder
            let output = "\(folder)/out.csv"
            var arguments = [
                "export", "--catalog", "t-\(key)", "--tenant", tenant, "--request", "\(folder)/request", "--output",
                output,
                "--json",
            ]
            if let list {
                let path = try CatalogFiles(["keys": list]).folder + "/keys"
                arguments += ["--filter-file", path]
            }
            let outcome = try database.penstock(arguments, catalogs: files.folder)
            guard outcome.status == 0 else { throw Unmet("\(outcome.status): \(outcome.errorText)") }
            return (Self.ids(try File.bytes(at: output)), try JSON.parse(outcome.output))
        }
        func quoted(_ values: [String]) -> String { values.map { "\"\($0)\"" }.joined(separator: ",") }

        for scope in ["v", "c", "i"] {
            for foreign in source.foreign {
                #expect(try export(#","scope":{"type":"\#(scope)","values":["\#(foreign)"]}"#).ids == [])
            }
            #expect(
                try export(
                    #","scope":{"type":"\#(scope)","values":[\#(quoted(source.foreign + [source.held, "last"]))]}"#
                ).ids == ["1", "4"])
        }
        #expect(try export(#","statuses":["\#(source.foreign[0])"]"#).ids == [])
        #expect(try export(#","statuses":["\#(source.foreign[0])","other"]"#).ids == ["2"])
        #expect(try export(#","statuses":["\#(source.held)"]"#).ids == ["1"])
        for foreign in source.foreign { #expect(try export("", tenant: foreign).ids == []) }
        #expect(try export("", tenant: source.held).ids == ["3"])

        let foreign = source.foreign[0]
        let list = "none\n\(foreign)\n\n\(source.held)\r\n\(source.foreign[1])\n\(foreign)\na\\b\(foreign)\nlast"
        for key in keys {
            let (ids, receipt) = try export("", list: list, key: key)
            #expect(ids == ["1", "4"], "\(key)")
            #expect(receipt["rows"] == 2 && receipt["filterKeys"] == 7 && receipt["filterKeysDistinct"] == 6)
            #expect(
                receipt["filterKeysUnmatched"] == 4
                    && receipt["filterKeysUnmatchedFirst"] == [
                        ["key": "none", "line": 1], ["key": .string(foreign), "line": 2],
                        ["key": .string(source.foreign[1]), "line": 5], ["key": .string("a\\b\(foreign)"), "line": 7],
                    ], "\(key): \(receipt)")
            let only = try export("", list: source.foreign.joined(separator: "\n"), key: key)
            #expect(only.ids == [] && only.receipt["filterKeysUnmatched"] == .int(source.foreign.count))
        }

        let check = try database.penstock(["catalog", "check", files.folder])
        #expect(check.status == 0)
        #expect(
            check.text.contains(
                "v.yaml:8:58: warning: the status '\(foreign)' has a character that a database in \(source.encoding)"
                    + " cannot hold: no row has it")
                || check.text.contains("warning: the status '\(foreign)' has a character"), "\(check.text)")
        #expect(!check.text.contains("the status '\(source.held)'"))
        let none = try database.penstock(["catalog", "init", "--table", "enc.t\(foreign.filter { $0 != " " })"])
        #expect(none.status == 65 && none.errorText.contains("there is no table or view enc.t"), "\(none.errorText)")
    }

    @Test func `a preview and a job say the same over HTTP`() throws {
        let faults = try FaultStage()
        let source = Self.sources[0]
        let database = try ScratchDatabase("enc_http", Self.schema(source), encoding: source.encoding, on: faults.stage)
        let files = try CatalogFiles(["t.yaml": Self.catalog(source)])
        kill(faults.supervisor, SIGTERM)
        #expect(
            eventually(within: 20) {
                Process.state(faults.supervisor) == nil || Process.state(faults.supervisor) == "Z"
            })
        try faults.serve(["PENSTOCK_SOURCE_URL": database.url, "PENSTOCK_CATALOGS": files.folder])
        let client = faults.stage.client
        let request: JSON = ["module": "enc", "catalog": "t-v", "format": "csv"]
        let serving = try eventually(within: 20) {
            try client.post("/report/exports/preview", request).status == 200
        }
        #expect(serving)
        let tenant = faults.stage.tenant
        try database.psql("update enc.t set tenant_id = '\(tenant)'")

        let foreign = source.foreign[0]
        for (values, rows) in [([foreign], 0), ([foreign, source.held], 2)] {
            var body = try #require(request.object)
            body["scope"] = ["type": "v", "values": .array(values.map { .string($0) })]
            let preview = try client.post("/report/exports/preview", .object(body))
            #expect(try preview.status == 200 && preview.json["data"]?["totalRows"] == .int(rows), "\(preview.text)")
            let job = try client.export(.object(body)).job
            #expect(job["rowCount"] == .int(rows))
        }
        let list = Array("\(foreign)\n\u{A0}\(source.held) \nnone".utf8)
        let first: JSON = [["key": .string(foreign), "line": 1], ["key": "none", "line": 3]]
        let preview = try client.post("/report/exports/preview", request, list: list)
        let data = try preview.json["data"]
        #expect(data?["totalRows"] == 2 && data?["filterKeysUnmatchedFirst"] == first, "\(preview.text)")
        let id = try client.create(request, list: list)["id"]?.string ?? ""
        let job = try client.job(id, reaching: "ready")
        #expect(job["rowCount"] == 2 && job["metadata"]?["filterKeysUnmatched"] == 2)
        #expect(job["metadata"]?["filterKeysUnmatchedFirst"] == first)
    }
}
