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
            indexes: try indexes(oid, on: connection), commonValues: try commonValues(full, on: connection))
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

    private static func indexes(_ oid: Int64, on connection: Connection) throws(PostgresError) -> [[String]] {
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

    /// Without the copies that PostgreSQL keeps of a key to a partitioned table, one for each partition.
    private static func foreignKeys(_ oid: Int64) -> SQL {
        """
        select c.confrelid::bigint as target, n.nspname, t.relname,
            array(
                select a.attname::text from unnest(c.conkey) with ordinality as k(attnum, place)
                join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum order by k.place
            ) as columns,
            array(
                select a.attname::text from unnest(c.confkey) with ordinality as k(attnum, place)
                join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.attnum order by k.place
            ) as target_columns
        from pg_constraint c
        join pg_class t on t.oid = c.confrelid
        join pg_namespace n on n.oid = t.relnamespace
        where c.contype = 'f' and c.conrelid = \(bind: oid)::oid
            and not exists (select from pg_constraint p where p.oid = c.conparentid and p.conrelid = c.conrelid)
        order by c.conkey, c.conname
        """
    }
}
