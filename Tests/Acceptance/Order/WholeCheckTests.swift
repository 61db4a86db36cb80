import Glibc
import JSON
import Posix
import Support
import Testing

/// What is wrong with the parts of an export shows before there is a file, whatever the cause.
@Suite(.serialized, .waitsFirst) struct WholeCheckTests {
    /// A type whose operators compare bytes, while its operator class sorts without regard to case: ranges overlap.
    static let rebel = """
        create type rebel;
        create function rebel_in(cstring) returns rebel language internal immutable strict as 'textin';
        create function rebel_out(rebel) returns cstring language internal immutable strict as 'textout';
        create type rebel (input = rebel_in, output = rebel_out, like = text, collatable = true);
        create cast (rebel as text) without function;
        create cast (text as rebel) without function as assignment;
        create function rebel_lt(rebel, rebel) returns bool language internal immutable strict as 'text_lt';
        create function rebel_le(rebel, rebel) returns bool language internal immutable strict as 'text_le';
        create function rebel_eq(rebel, rebel) returns bool language internal immutable strict as 'texteq';
        create function rebel_ge(rebel, rebel) returns bool language internal immutable strict as 'text_ge';
        create function rebel_gt(rebel, rebel) returns bool language internal immutable strict as 'text_gt';
        create function rebel_cmp(rebel, rebel) returns int language sql immutable strict as $$
            select case when lower($1::text) < lower($2::text) then -1 when lower($1::text) > lower($2::text) then 1 else 0 end
        $$;
        create operator < (leftarg = rebel, rightarg = rebel, procedure = rebel_lt);
        create operator <= (leftarg = rebel, rightarg = rebel, procedure = rebel_le);
        create operator = (leftarg = rebel, rightarg = rebel, procedure = rebel_eq, merges);
        create operator >= (leftarg = rebel, rightarg = rebel, procedure = rebel_ge);
        create operator > (leftarg = rebel, rightarg = rebel, procedure = rebel_gt);
        create operator class rebel_ops default for type rebel using btree as
            operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 rebel_cmp(rebel, rebel);
        create table rebels (id int primary key, tenant_id text not null, word rebel collate "C" not null, point point);
        insert into rebels
        select n, 'TENANT', (case when n % 2 = 0 then upper(w) else w end)::rebel, '(1,2)'
        from (select n, md5(n::text) as w from generate_series(1, 2000) n) words;
        analyze rebels;
        grant select on rebels to penstock_reader;
        """

    static let catalog = """
        module: whole
        key: rebels
        category: tests
        label: Rebels
        table: public.rebels
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: integer }
        columns:
          - { key: id, label: Id, type: integer, default: true }
          - { key: word, label: Word, type: string, default: true }
          - { key: point, label: Point, type: string }

        """

    /// A service over the demo and that table, which cuts from a hundred rows on.
    static let stage = Result {
        let folder = "\(TestRun.folder)/catalogs-whole"
        _ = try Shell.output(["cp", "-r", "\(TestRun.source)/sql/demo/catalogs", folder])
        let stage = try Stage([
            "PENSTOCK_CATALOGS": folder, "PENSTOCK_WORKERS": "2", "PENSTOCK_PARTS_FROM_ROWS": "100",
            "DEMO_ROWS": "2000",
        ])
        try stage.psql(rebel.replacing("TENANT", with: stage.tenant), on: .sourceOwner)
        let file = try FileDescriptor.open("\(folder)/rebels.yaml", O_WRONLY | O_CREAT, mode: 0o644)
        try Array(catalog.utf8).withUnsafeBytes { try file.writeAll($0) }
        try file.close()
        try stage.reload { try stage.client.get("/report/catalogs/whole").status == 200 }
        return stage
    }

    private func request(sortedBy field: String, _ more: [(String, JSON)] = []) -> JSON {
        var request: JSON.Object = [
            "module": "whole", "catalog": "rebels", "format": "csv", "sort": [["field": .string(field)]],
        ]
        for (name, value) in more { request[name] = value }
        return .object(request)
    }

    @Test(
        .overFolder,
        arguments: [[], [("columns", ["id"])], [("compression", "gzip")], [("format", "xlsx")]] as [[(String, JSON)]])
    func `parts that do not make up the whole fail the job at once, and no file appears`(more: [(String, JSON)]) throws
    {
        let stage = try Self.stage.get()
        let id = try stage.client.create(request(sortedBy: "word", more))["id"]?.string ?? ""
        let job = try stage.client.job(id, reaching: "failed")
        #expect(job["errorSummary"] == "The parts of the file did not make up the whole")
        #expect(
            try stage.rows("select error_code, attempts from report_export_jobs where id = '\(id)'") == [
                ["integrity", "1"]
            ])
        let found = try Shell.output(["find", "\(stage.state)/storage/files", "-name", "*\(id)*"])
        #expect(found.isEmpty)
        // One process needs no ranges.
        #expect(try stage.client.export(request(sortedBy: "id", more)).job["rowCount"]?.int == 2000)
    }

    @Test func `a sort by a type without an order is refused by name, by every call that takes one`() throws {
        let stage = try Self.stage.get()
        for target in ["/report/exports", "/report/exports/preview"] {
            let reply = try stage.client.post(target, request(sortedBy: "point"))
            #expect(reply.status == 400)
            let error = try reply.json["errors"]?.array?.first
            #expect(error?["field"] == "sort.0.field", "\(reply.text)")
            #expect(error?["message"] == "cannot sort by a column of type point: point")
        }
        let recent = try stage.client.post(
            "/api/v1/exports", ["report_type": "rebels_csv", "index_params": ["sort": ["-point"]]])
        #expect(recent.status == 400)
        #expect(recent.text.contains("cannot sort by a column of type point"))
        let scheduled = try stage.client.post(
            "/report/schedules",
            ["name": "Rebels", "interval": "daily", "time": "06:30", "request": request(sortedBy: "point")])
        #expect(scheduled.status == 400)
        #expect(scheduled.text.contains("cannot sort by a column of type point"), "\(scheduled.text)")
    }
}
