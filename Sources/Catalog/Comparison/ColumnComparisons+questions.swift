import SQLText

extension ColumnComparisons {
    static func attributes(_ places: [ColumnPlace]) -> SQL {
        """
        select k.place, a.atttypid::bigint as type, a.attcollation::bigint as collation
        from unnest(\(bind: places.map(\.table.quoted))::text[], \(bind: places.map(\.column))::text[])
            with ordinality as k (relation, name, place)
        join pg_attribute a on a.attrelid = to_regclass(k.relation) and a.attname = k.name::name
        where a.attnum > 0 and not a.attisdropped
        """
    }

    /// For each type: the type under its domains, and the operators of its default btree operator class, found as
    /// the server finds it (GetDefaultOpClass): the type's own, that of a binary-coercible type to which it is cast
    /// implicitly, or that of all arrays, enums, ranges or composite types. An array is ordered when its elements are,
    /// a composite type when its columns are.
    static func orders(_ oids: [Int64]) -> SQL {
        """
        with recursive layer (root, type) as (
            select oid, oid from unnest(\(bind: oids.map(String.init))::oid[]) oid
            union all
            select l.root, t.typbasetype from layer l join pg_type t on t.oid = l.type where t.typtype = 'd'
        ), base as (
            select l.root, t.oid as type, t.typnamespace, t.typname
            from layer l join pg_type t on t.oid = l.type where t.typtype <> 'd'
        ), part (root, type) as (
            select root, type from base
            union
            select p.root, made.type
            from part p join pg_type t on t.oid = p.type cross join lateral (
                select t.typbasetype as type where t.typtype = 'd'
                union all
                select t.typelem where t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc
                union all
                select a.atttypid from pg_attribute a
                where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
            ) made
        ), class as (
            select distinct on (t.oid) t.oid as type, c.opcfamily, c.opcmethod, c.opcintype, i.typtype = 'p' as is_polymorphic
            from (select distinct type from part) p
            join pg_type t on t.oid = p.type
            join pg_opclass c on c.opcdefault and c.opcmethod = (select oid from pg_am where amname = 'btree')
            join pg_type i on i.oid = c.opcintype
            where c.opcintype = t.oid
                or exists (
                    select from pg_cast k
                    where k.castsource = t.oid and k.casttarget = c.opcintype and k.castmethod = 'b' and k.castcontext = 'i'
                )
                or c.opcintype = 'anyarray'::regtype and t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc
                or c.opcintype = 'anyenum'::regtype and t.typtype = 'e'
                or c.opcintype = 'anyrange'::regtype and t.typtype = 'r'
                or c.opcintype = 'anymultirange'::regtype and t.typtype = 'm'
                or c.opcintype = 'record'::regtype and t.typtype = 'c'
            order by t.oid, c.opcintype = t.oid desc, i.typispreferred desc
        )
        select b.root::bigint as root, b.root <> b.type as is_domain, n.nspname as type_schema, b.typname as type_name,
            (
                select bool_and(t.typtype = 'd' or c.type is not null)
                from part p join pg_type t on t.oid = p.type left join class c on c.type = p.type where p.root = b.root
            ) as is_ordered,
            i.nspname as input_schema, i.typname as input_name, o.operator_schemas, o.operators,
            has_schema_privilege(n.oid, 'usage') and coalesce(o.usable, true) as usable
        from base b
        join pg_namespace n on n.oid = b.typnamespace
        left join class c on c.type = b.type
        left join lateral (
            select s.nspname, t.typname from pg_type t join pg_namespace s on s.oid = t.typnamespace
            where t.oid = c.opcintype and not c.is_polymorphic and c.opcintype <> b.type
        ) i on true
        left join lateral (
            select array_agg(s.nspname::text order by a.amopstrategy) as operator_schemas,
                array_agg(p.oprname::text order by a.amopstrategy) as operators,
                bool_and(has_schema_privilege(s.oid, 'usage')) as usable
            from pg_amop a join pg_operator p on p.oid = a.amopopr join pg_namespace s on s.oid = p.oprnamespace
            where a.amopfamily = c.opcfamily and a.amoplefttype = c.opcintype and a.amoprighttype = c.opcintype
                and a.amoppurpose = 's'
        ) o on true
        """
    }
}
