import Postgres
import SQLText

extension DatabaseInspector {
    /// The reasons why this role does not see all rows of a table, or of the tables that a view reads.
    static func obstacles(of oid: Int64, on connection: Connection) throws(PostgresError) -> [TableFacts.Obstacle] {
        try connection.query(obstacles(of: oid), "look up row-level security").all.map { row in
            TableFacts.Obstacle(
                table: row.string("name") ?? "",
                reason: row.boolean("unfilled") == true ? .notFilled : .noPolicy(role: row.string("rolname") ?? ""))
        }
    }

    /// Views are followed down to their tables, each with the role that reads it: the view's owner, or with
    /// `security_invoker` (PostgreSQL 15) the role that reads the view. Row-level security passes over superusers,
    /// roles with BYPASSRLS and, unless it is forced, roles with the owner's rights (PostgreSQL manual, "Row Security
    /// Policies").
    private static func obstacles(of oid: Int64) -> SQL {
        """
        with recursive seen(relation, reader) as (
            select \(bind: oid)::oid, (select oid from pg_roles where rolname = current_user)
            union
            select d.refobjid,
                case when exists (
                    select from pg_options_to_table(v.reloptions)
                    where option_name = 'security_invoker' and option_value::boolean
                ) then s.reader else v.relowner end
            from seen s
            join pg_class v on v.oid = s.relation and v.relkind = 'v'
            join pg_rewrite w on w.ev_class = v.oid
            join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
                and d.refclassid = 'pg_class'::regclass and d.refobjid <> v.oid
        ), found as (
            select n.nspname || '.' || c.relname as name, r.rolname, c.relkind = 'm' and not c.relispopulated as unfilled,
                c.relrowsecurity and not r.rolsuper and not r.rolbypassrls
                and (c.relforcerowsecurity or not pg_has_role(r.oid, c.relowner, 'usage'))
                and not exists (
                    select from pg_policy p
                    where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*') and exists (
                        select from unnest(p.polroles) as o(role) where o.role = 0 or pg_has_role(r.oid, o.role, 'usage')
                    )
                ) as hidden
            from seen s
            join pg_class c on c.oid = s.relation
            join pg_namespace n on n.oid = c.relnamespace
            join pg_roles r on r.oid = s.reader
        )
        select name, rolname, unfilled from found where unfilled or hidden order by name, rolname
        """
    }
}
