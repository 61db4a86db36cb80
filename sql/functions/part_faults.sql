-- Purpose: how the rights of this session's role differ from those that a part of the service needs.
-- Returns: a line for each right that is missing, and for each that it has without need.
create or replace function part_faults(of_part text) returns table (missing text, needless text)
language sql stable as $$
    with needed as (
        select g.relation, g.privilege, c.name as column_name
        from part_grants() g
        left join lateral string_to_table(g.only_columns, ', ') c (name) on true
        where g.part = of_part
    )
    select n.privilege || ' on ' || n.relation || coalesce(' (' || n.column_name || ')', ''), null
    from needed n
    where not case
        when n.column_name is null then has_table_privilege(n.relation, n.privilege)
        else has_column_privilege(n.relation, n.column_name, n.privilege) end
    union all
    select null, h.privilege || ' on ' || h.relation
    from part_grants() all_of
    cross join lateral (values (all_of.relation, all_of.privilege)) h (relation, privilege)
    where all_of.part = 'service' and has_table_privilege(h.relation, h.privilege)
      and not exists (
        select from needed n
        where n.relation = h.relation and n.privilege = h.privilege and n.column_name is null)
$$;
