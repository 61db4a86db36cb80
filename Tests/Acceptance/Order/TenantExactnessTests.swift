import Posix
import Support
import Testing

/// A tenant gets the rows that are written exactly like it, whatever its column's type or collation takes for equal.
@Suite(.serialized, .waitsFirst) struct TenantExactnessTests {
    static let types = [
        "text", "varchar(20)", "char(8)", "name", "public.citext", "extensions.citext", "public.folded",
        "extensions.code",
        "text collate ci", "varchar(9) collate ci", "caseless", "text collate \"C\"", "text collate \"sv-x-icu\"",
    ]

    static let sample = Result {
        let tables = types.enumerated().map { number, type in
            """
            create table orders_\(number) (
                id int primary key, tenant_id \(type) not null, created_at timestamptz not null, driver int,
                shown text not null);
            create table drivers_\(number) (id int, tenant_id \(type) not null, name text not null, primary key (tenant_id, id));
            insert into orders_\(number)
            select n, tenant, timestamptz '2026-05-07 10:00Z' + n * interval '1 s', 1, tenant
            from (
                select n, coalesce((array['acme', 'ACME', 'Acme', 'acmé'])[1 + n % 80], 'other' || n % 80) as tenant
                from generate_series(1, 5000) n
            ) rows;
            insert into drivers_\(number)
            select 1, tenant, 'driver of ' || tenant from unnest(array['acme', 'other5'\(isCaseless(type) ? "" : ", 'ACME'")]) tenant;
            create index orders_tenant_\(number) on orders_\(number) (tenant_id, created_at, id);
            """
        }
        return try ScratchDatabase(
            "exact_tenants",
            """
            create schema extensions;
            create extension citext schema public;
            create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            create domain folded as citext;
            create domain extensions.code as text collate "C";
            create domain caseless as text collate ci;
            -- The extension can live in one schema alone; this is a second type of the same kind.
            create type extensions.citext;
            create function extensions.citextin(cstring) returns extensions.citext language internal immutable strict as 'textin';
            create function extensions.citextout(extensions.citext) returns cstring language internal immutable strict as 'textout';
            create type extensions.citext (
                input = extensions.citextin, output = extensions.citextout, like = text, category = 'S', collatable = true);
            create cast (extensions.citext as text) without function as assignment;
            create cast (text as extensions.citext) without function as assignment;
            create function extensions.same(extensions.citext, extensions.citext) returns bool language plpgsql immutable strict
                as 'begin return lower($1::text) = lower($2::text); end';
            create function extensions.less(extensions.citext, extensions.citext) returns bool language plpgsql immutable strict
                as 'begin return lower($1::text) < lower($2::text); end';
            create function extensions.more(extensions.citext, extensions.citext) returns bool language plpgsql immutable strict
                as 'begin return lower($1::text) > lower($2::text); end';
            create function extensions.upto(extensions.citext, extensions.citext) returns bool language plpgsql immutable strict
                as 'begin return lower($1::text) <= lower($2::text); end';
            create function extensions.since(extensions.citext, extensions.citext) returns bool language plpgsql immutable strict
                as 'begin return lower($1::text) >= lower($2::text); end';
            create function extensions.compare(extensions.citext, extensions.citext) returns int language sql immutable strict
                as 'select case when lower($1::text) < lower($2::text) then -1 when lower($1::text) > lower($2::text) then 1 else 0 end';
            create operator extensions.= (leftarg = extensions.citext, rightarg = extensions.citext, procedure = extensions.same,
                commutator = operator(extensions.=), restrict = eqsel, join = eqjoinsel, merges);
            create operator extensions.< (leftarg = extensions.citext, rightarg = extensions.citext, procedure = extensions.less);
            create operator extensions.> (leftarg = extensions.citext, rightarg = extensions.citext, procedure = extensions.more);
            create operator extensions.<= (leftarg = extensions.citext, rightarg = extensions.citext, procedure = extensions.upto);
            create operator extensions.>= (leftarg = extensions.citext, rightarg = extensions.citext, procedure = extensions.since);
            create operator class extensions.citext_ops default for type extensions.citext using btree as
                operator 1 extensions.<, operator 2 extensions.<=, operator 3 extensions.=, operator 4 extensions.>=,
                operator 5 extensions.>, function 1 extensions.compare(extensions.citext, extensions.citext);
            \(tables.joined(separator: "\n"))
            analyze;
            grant usage on schema extensions to public;
            """)
    }

    /// Whether a unique key of the type holds one of `acme` and `ACME`.
    private static func isCaseless(_ type: String) -> Bool {
        type.contains("citext") || type.contains("folded") || type.hasSuffix(" ci") || type.contains("caseless")
    }

    private static func catalog(_ number: Int) -> String {
        """
        module: tenants
        key: t\(number)
        category: tests
        label: Tenants
        table: public.orders_\(number)
        tenant: { column: tenant_id }
        uniqueKey: { column: id, type: integer }
        dateField: { column: created_at, type: datetime, label: Created }
        watermark: created_at
        relations: { drivers: { table: public.drivers_\(number), key: id, tenantColumn: tenant_id } }
        columns:
          - { key: shown, label: Shown, type: string, default: true }
          - key: driver
            label: Driver
            type: integer
            default: true
            relationOptions: [{ output: reference_value, label: Name, table: drivers, referenceField: name }]

        """
    }

    private func rows(_ number: Int, _ tenant: String, _ folder: String) throws -> Set<String> {
        let outcome = try Self.sample.get().penstock(
            [
                "export", "--catalog", "t\(number)", "--tenant", tenant, "--output", "-", "--header", "none",
                "--relation",
                "driver=drivers.name",
            ], catalogs: folder)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return Set(outcome.text.split(separator: "\r\n").map(String.init))
    }

    @Test(arguments: types.indices) func `a tenant never gets the rows of one that is written otherwise`(number: Int)
        throws
    {
        let type = Self.types[number]
        let files = try CatalogFiles(["t.yaml": Self.catalog(number)])
        let check = try Self.sample.get().penstock(["catalog", "check", files.folder])
        #expect(check.status == 0, "\(type): \(check.text)")
        #expect(try rows(number, "acme", files.folder) == ["acme,driver of acme"], "\(type)")
        // The driver of acme is not the driver of ACME.
        let capitals = Self.isCaseless(type) ? "ACME," : "ACME,driver of ACME"
        #expect(try rows(number, "ACME", files.folder) == [capitals], "\(type)")
        for nobody in ["aCME", "acme ", ""] {
            #expect(try rows(number, nobody, files.folder) == [], "\(type): '\(nobody)'")
        }
    }

    @Test(arguments: types.indices) func `and the index on the tenant's column still serves`(number: Int) throws {
        let type = Self.types[number]
        let files = try CatalogFiles(["t.yaml": Self.catalog(number)])
        let sample = try Self.sample.get()
        try sample.psql(
            """
            alter role penstock_reader in database exact_tenants set session_preload_libraries = 'auto_explain';
            alter role penstock_reader in database exact_tenants set auto_explain.log_min_duration = 0;
            """)
        let log = "\(try Stage.shared.state)/log/postgres.log"
        let before = try File.bytes(at: log, limit: 1 << 30).count
        let outcome = try sample.penstock(
            [
                "export", "--catalog", "t\(number)", "--tenant", "acme", "--from", "2026-05-07", "--to", "2026-05-07",
                "--output", "-",
            ], catalogs: files.folder)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        let plans = String(decoding: try File.bytes(at: log, limit: 1 << 30).dropFirst(before), as: UTF8.self)
        let plan = plans[(plans.firstRange(of: "orders_tenant_\(number)")?.lowerBound ?? plans.endIndex)...]
        #expect(plan.prefix(300).contains(#/Index Cond: \(+tenant_id\)?(::\w+)? /#), "\(type): \(plans)")
    }
}
