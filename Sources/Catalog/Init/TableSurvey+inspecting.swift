import Coding
import Postgres
import SQLText

extension TableSurvey {
    /// Asks the system catalogs and the planner's statistics; the table itself is not read.
    /// - Returns: nil when there is no such table or view.
    package static func of(_ name: TableName, on connection: Connection) throws(PostgresError) -> TableSurvey? {
        guard let row = try connection.query(DatabaseInspector.relation(name), "look up a table").first,
            let oid = row.integer("oid"), let schema = row.string("nspname"),
            let facts = try DatabaseInspector.table(name, on: connection)
        else { return nil }
        let full = TableName(schema: schema, name: name.name)
        let about = try connection.query(about(oid), "look up comments and the primary key").first
        return TableSurvey(
            name: full, database: about?.string("database") ?? "", facts: facts, comment: about?.string("comment"),
            columnComments: try columnComments(oid, on: connection), primaryKey: about?.strings("primary_key") ?? [],
            foreignKeys: try foreignKeys(oid, steps: 2, on: connection),
            hasBorrowedKeys: row.string("relkind") == "v", policySettings: try policySettings(oid, on: connection),
            commonValues: try commonValues(full, on: connection))
    }

    /// The table that a name on a command line means, by the rules of a catalog's `table`.
    package static func tableName(_ text: String) -> TableName? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy({ YAMLValue.identifierFault($0) == nil }) else { return nil }
        return parts.count == 2 ? TableName(schema: parts[0], name: parts[1]) : TableName(name: parts[0])
    }

    /// For a name that nothing has: "; did you mean 'geo.cities'?", or nothing.
    package static func hint(for name: TableName, on connection: Connection) throws(PostgresError) -> String {
        let names = try DatabaseInspector.tableNames(on: connection)
        let nearest = Spelling.nearest(to: name, among: names)
        return nearest.map { "; did you mean '\($0)'?" } ?? ""
    }

    private static func columnComments(
        _ oid: Int64, on connection: Connection
    ) throws(PostgresError) -> [String: String] {
        let rows = try connection.query(
            """
            select attname, col_description(attrelid, attnum) as comment
            from pg_attribute
            where attrelid = \(bind: oid)::oid and attnum > 0 and not attisdropped
                and col_description(attrelid, attnum) is not null
            """, "look up column comments")
        return rows.all.reduce(into: [:]) { $0[$1.string("attname") ?? ""] = $1.string("comment") }
    }

    /// - Parameter steps: how far to follow; 1 is the table's own keys.
    private static func foreignKeys(
        _ oid: Int64, steps: Int, on connection: Connection
    ) throws(PostgresError) -> [ForeignKeyFacts] {
        guard steps > 0 else { return [] }
        var keys: [ForeignKeyFacts] = []
        for row in try connection.query(foreignKeys(oid), "look up foreign keys").all {
            let target = TableName(schema: row.string("nspname"), name: row.string("relname") ?? "")
            guard let facts = try DatabaseInspector.table(target, on: connection) else { continue }
            keys.append(
                ForeignKeyFacts(
                    columns: row.strings("columns") ?? [], target: target,
                    targetColumns: row.strings("target_columns") ?? [], targetFacts: facts,
                    onward: try foreignKeys(row.integer("target") ?? 0, steps: steps - 1, on: connection)))
        }
        return keys
    }

    /// A policy that a setting decides lets no row through, or fails, in a session that has not set it. Exports set
    /// `app.tenant`.
    private static func policySettings(_ oid: Int64, on connection: Connection) throws(PostgresError) -> [String] {
        let rows = try connection.query(
            """
            select distinct m.setting[1] as setting
            from pg_class c
            join pg_policy p on p.polrelid = c.oid and p.polcmd in ('r', '*')
            join pg_roles r on r.rolname = current_user and not r.rolsuper and not r.rolbypassrls
            cross join regexp_matches(
                pg_get_expr(p.polqual, p.polrelid), 'current_setting\\(''([^'']+)''', 'g') as m (setting)
            where c.oid = \(bind: oid)::oid and c.relrowsecurity
                and (c.relforcerowsecurity or not pg_has_role(r.oid, c.relowner, 'usage'))
                and exists (
                    select from unnest(p.polroles) as o (role) where o.role = 0 or pg_has_role(r.oid, o.role, 'usage')
                )
                and m.setting[1] <> 'app.tenant'
            order by 1
            """, "look up policies")
        return rows.all.compactMap { $0.string("setting") }
    }

    private static func commonValues(
        _ name: TableName, on connection: Connection
    ) throws(PostgresError) -> [String: [String]] {
        let rows = try connection.query(
            """
            select attname, most_common_vals::text::text[] as vals
            from pg_stats
            where schemaname = \(bind: name.schema)::text and tablename = \(bind: name.name)::text
                and n_distinct between 1 and 30 and cardinality(most_common_vals::text::text[]) = n_distinct
            """, "look up common values")
        return rows.all.reduce(into: [:]) { $0[$1.string("attname") ?? ""] = ($1.strings("vals") ?? []).sorted() }
    }

    // MARK: The questions

    private static func about(_ oid: Int64) -> SQL {
        """
        select current_database() as database, obj_description(\(bind: oid)::oid, 'pg_class') as comment,
            array(
                select a.attname::text
                from pg_index i
                cross join unnest(i.indkey::int2[]) with ordinality as k(attnum, place)
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                where i.indrelid = \(bind: oid)::oid and i.indisprimary and k.place <= i.indnkeyatts
                order by k.place
            ) as primary_key
        """
    }

    /// Its own, without the copies that PostgreSQL keeps of a key to a partitioned table, one for each partition; those
    /// that all partitions of a partitioned table have without it; and for a view those of the columns that it reads,
    /// where one of its own has the same name and type and no other table makes it doubtful.
    private static func foreignKeys(_ oid: Int64) -> SQL {
        """
        with leaf as (
            select relid::oid as relation from pg_partition_tree(\(bind: oid)::oid::regclass)
            where isleaf and relid::oid <> \(bind: oid)::oid
        ), read as (
            select distinct d.refobjid as relation, d.refobjsubid::int2 as attnum
            from pg_rewrite w
            join pg_class v on v.oid = w.ev_class and v.relkind = 'v'
            join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
                and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.refobjid <> w.ev_class
            where w.ev_class = \(bind: oid)::oid
        ), named as (
            select c.conrelid, c.confrelid, c.conkey, c.conname::text, c.conparentid,
                array(
                    select a.attname::text from unnest(c.conkey) with ordinality as k(attnum, place)
                    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum order by k.place
                ) as columns,
                array(
                    select a.attname::text from unnest(c.confkey) with ordinality as k(attnum, place)
                    join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.attnum order by k.place
                ) as target_columns
            from pg_constraint c
            where c.contype = 'f'
                and c.conrelid in (
                    select \(bind: oid)::oid union all select relation from leaf union all select relation from read
                )
                and not exists (select from pg_constraint p where p.oid = c.conparentid and p.conrelid = c.conrelid)
        ), found as (
            select confrelid, columns, target_columns, conkey, conname from named where conrelid = \(bind: oid)::oid
            union all
            select confrelid, columns, target_columns, min(conkey), min(conname)
            from named where conparentid = 0 and conrelid in (select relation from leaf)
            group by confrelid, columns, target_columns
            having count(distinct conrelid) = (select count(*) from leaf)
            union all
            select min(n.confrelid), n.columns, min(n.target_columns), array[min(v.attnum)], min(n.conname)
            from named n
            join read r on r.relation = n.conrelid and n.conkey = array[r.attnum]
            join pg_attribute b on b.attrelid = r.relation and b.attnum = r.attnum
            join pg_attribute v on v.attrelid = \(bind: oid)::oid and v.attname = b.attname and v.atttypid = b.atttypid
            group by n.columns
            having count(distinct (n.confrelid, n.target_columns)) = 1
        )
        select f.confrelid::bigint as target, n.nspname, t.relname, f.columns, f.target_columns
        from found f
        join pg_class t on t.oid = f.confrelid
        join pg_namespace n on n.oid = t.relnamespace
        order by f.conkey, f.conname
        """
    }
}

extension TableSurvey {
    /// The tables and views of a schema, or of all schemas but the system's: not the partitions, whose rows the
    /// partitioned table has, and not what extensions brought.
    package static func names(in schema: String?, on connection: Connection) throws(PostgresError) -> [TableName] {
        let rows = try connection.query(
            """
            select n.nspname, c.relname
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
                and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                and n.nspname = coalesce(\(bind: schema)::text, n.nspname)
                and not exists (
                    select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
                )
            order by n.nspname collate "C", c.relname collate "C"
            """, "list tables")
        return rows.all.map { TableName(schema: $0.string("nspname"), name: $0.string("relname") ?? "") }
    }
}
