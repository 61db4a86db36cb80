import Postgres
import SQLText

/// Reads from the live database the facts that `CatalogChecker` compares with. Reads the system catalogs alone, which
/// needs no rights on the tables.
package enum DatabaseInspector {
    /// The facts that these reports need.
    package static func facts(
        for reports: [Report], on connection: Connection
    ) throws(PostgresError) -> DatabaseFacts {
        var facts = DatabaseFacts()
        for name in Set(reports.flatMap(\.tables)) {
            facts.tables[name] = try table(name, on: connection)
        }
        facts.tableNames = try tableNames(on: connection)
        facts.encoding = connection.reported("server_encoding") ?? facts.encoding
        facts.foreignStatuses = try foreign(
            among: reports.flatMap { $0.statuses?.values.map(\.value) ?? [] }, on: connection)
        for zone in Set(reports.flatMap { $0.zones.map(\.zone) }) where try TimeZoneName.isKnown(zone, to: connection) {
            facts.timeZones.insert(zone)
        }
        return facts
    }

    /// Those of some texts that the database's encoding cannot hold.
    private static func foreign(
        among texts: [String], on connection: Connection
    ) throws(PostgresError) -> Set<String> {
        let scalars = try connection.foreign(among: Set(texts.flatMap { $0.unicodeScalars.map(\.value) }))
        return Set(texts.filter { $0.unicodeScalars.contains { scalars.contains($0.value) } })
    }

    /// Every table and view there is outside the system schemas, as catalogs name them.
    static func tableNames(on connection: Connection) throws(PostgresError) -> [String] {
        let names = try connection.query(tableNames, "list tables")
        return (0..<names.count).compactMap { names[$0].string(at: 0) }
    }

    static func table(_ name: TableName, on connection: Connection) throws(PostgresError) -> TableFacts? {
        guard let row = try connection.query(relation(name), "look up a table").first,
            let oid = row.integer("oid")
        else { return nil }
        let kind: TableFacts.Kind =
            switch row.string("relkind") {
            case "r", "p": .table
            case "m": .materializedView
            default: .view
            }
        let isUsable = row.boolean("usable") ?? false
        let children = row.strings("children") ?? []
        return TableFacts(
            kind: kind, isSchemaUsable: isUsable,
            columns: try columns(of: oid, name, isUsable: isUsable, on: connection),
            uniqueKeys: children.isEmpty ? try uniqueKeys(of: oid, on: connection) : [], children: children,
            obstacles: try obstacles(of: oid, on: connection), indexes: try indexes(of: oid, on: connection),
            rows: Int(row.integer("rows") ?? 0))
    }

    /// - Parameter isUsable: whether the reading role may name the table, by which the comparisons are looked up.
    private static func columns(
        of oid: Int64, _ table: TableName, isUsable: Bool, on connection: Connection
    ) throws(PostgresError) -> [ColumnFacts] {
        let rows = try connection.query(columns(of: oid), "look up columns").all
        let names = isUsable ? rows.compactMap { $0.string("attname") } : []
        let comparisons = try ColumnComparisons.read(Set(names.map { ColumnPlace(table, $0) }), on: connection)
        return rows.map { row in
            let labels = row.strings("labels") ?? []
            let name = row.string("attname") ?? ""
            return ColumnFacts(
                name: name,
                type: PostgresType(
                    row.string("typname") ?? "", displayName: row.string("display"),
                    enumLabels: labels.isEmpty ? nil : labels,
                    isIntegralNumeric: row.boolean("integral") ?? false,
                    isWiderThanBigint: row.boolean("wide") ?? false),
                isNotNull: row.boolean("not_null") ?? false, isReadable: row.boolean("readable") ?? false,
                comparison: comparisons[table, name])
        }
    }

    private static func uniqueKeys(of oid: Int64, on connection: Connection) throws(PostgresError) -> [Set<String>] {
        let rows = try connection.query(uniqueKeys(of: oid), "look up unique keys")
        return (0..<rows.count).map { Set(rows[$0].strings("columns") ?? []) }
    }

    private static func indexes(of oid: Int64, on connection: Connection) throws(PostgresError) -> [[String]] {
        let rows = try connection.query(
            """
            select array(
                select a.attname::text
                from unnest(i.indkey::int2[]) with ordinality as k(attnum, place)
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                where k.place <= least(2, i.indnkeyatts) order by k.place
            ) as columns
            from pg_index i
            where i.indrelid = \(bind: oid)::oid and i.indisvalid and i.indpred is null
            """, "look up indexes")
        return rows.all.map { $0.strings("columns") ?? [] }
    }

    // MARK: The questions

    /// Without a schema, the table that the search path leads to, as the exports' own queries find it.
    static func relation(_ name: TableName) -> SQL {
        let place: SQL =
            name.schema.map { "n.nspname = \(bind: $0)::text" } ?? "pg_table_is_visible(c.oid)"
        return """
            select c.oid::bigint as oid, n.nspname, c.relkind, has_schema_privilege(n.oid, 'usage') as usable,
                case when c.relkind in ('r', 'm') then greatest(c.reltuples, 0) else 0 end::bigint as rows,
                array(
                    select i.inhrelid::regclass::text from pg_inherits i
                    where i.inhparent = c.oid and c.relkind = 'r' order by 1
                ) as children
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relname = \(bind: name.name)::text and c.relkind in ('r', 'p', 'v', 'm', 'f') and \(place)
            """
    }

    private static let tableNames: SQL = """
        select n.nspname || '.' || c.relname
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        order by 1
        """

    /// A domain is followed down to the type it is made of, gathering its NOT NULLs. A NOT NULL can be NOT VALID since
    /// PostgreSQL 18, where it has a row in pg_constraint.
    private static func columns(of oid: Int64) -> SQL {
        """
        with recursive layer as (
            select a.attnum, a.attname, a.atttypmod as typmod, t.oid, t.typname, t.typtype, t.typbasetype, t.typtypmod,
                t.typnotnull,
                a.attnotnull and not exists (
                    select from pg_constraint c
                    where c.conrelid = a.attrelid and c.contype = 'n' and c.conkey = array[a.attnum] and not c.convalidated
                ) as not_null
            from pg_attribute a join pg_type t on t.oid = a.atttypid
            where a.attrelid = \(bind: oid)::oid and a.attnum > 0 and not a.attisdropped
            union all
            select l.attnum, l.attname, l.typtypmod, t.oid, t.typname, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull,
                l.not_null or l.typnotnull
            from layer l join pg_type t on t.oid = l.typbasetype
            where l.typtype = 'd'
        )
        select attname, typname, not_null, format_type(oid, typmod) as display,
            has_column_privilege(\(bind: oid)::oid, attnum, 'select') as readable,
            typname = 'numeric' and typmod >= 4 and (typmod - 4) & 2047 = 0 as integral,
            typname = 'numeric' and typmod >= 4 and (typmod - 4) >> 16 > 18 as wide,
            array(
                select e.enumlabel::text from pg_enum e where e.enumtypid = layer.oid order by e.enumsortorder
            ) as labels
        from layer
        where typtype <> 'd'
        order by attnum
        """
    }

    /// Of indexes over plain columns and all rows, the key columns.
    private static func uniqueKeys(of oid: Int64) -> SQL {
        """
        select array(
            select a.attname::text
            from unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) as k(attnum)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        ) as columns
        from pg_index i
        where i.indrelid = \(bind: oid)::oid and i.indisunique and i.indisvalid and i.indpred is null
            and i.indexprs is null
        """
    }
}

extension CatalogChecker {
    /// Every fault of every report against the database behind `connection`, in the order of the reports.
    package static func faults(
        in catalogs: CatalogSet, against connection: Connection
    ) throws(PostgresError) -> [CatalogFault] {
        let facts = try DatabaseInspector.facts(for: catalogs.reports, on: connection)
        return catalogs.reports.flatMap { faults(in: $0, given: facts) }
    }
}
