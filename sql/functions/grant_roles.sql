-- Purpose: give each role of penstock_roles what its parts need, and take away what they do not. It owns nothing, so it
--          can neither change the audit's triggers nor switch them off.
-- Parameters: a role that is to be one more part of the service, null for those that are known.
-- Returns: the roles that are known and are not there any more.
-- Locks: the catalog's rows of the tables, to the end of the transaction.
-- Index: penstock_roles_pkey.
create or replace function grant_roles(role_name text default null, part text default null)
returns setof text language plpgsql as $$
declare
    role record;
    entry record;
begin
    if grant_roles.part is not null then
        insert into penstock_roles (role_name, part) values (grant_roles.role_name, grant_roles.part)
        on conflict do nothing;
    end if;
    for role in select r.role_name as name, array_agg(r.part) as parts from penstock_roles r group by r.role_name loop
        if to_regrole(quote_ident(role.name)) is null then
            return next role.name;
            continue;
        end if;
        execute format('grant usage on schema %I to %I', current_schema(), role.name);
        for entry in select distinct g.relation from part_grants() g where g.part = 'service' loop
            execute format('revoke all on table %I from %I', entry.relation, role.name);
        end loop;
        for entry in select * from part_grants() g where g.part = any (role.parts) loop
            execute format(
                'grant %s %s on table %I to %I', entry.privilege, coalesce('(' || entry.only_columns || ')', ''),
                entry.relation, role.name);
        end loop;
        for entry in
            select c.relname from pg_class c
            where c.relnamespace = current_schema()::regnamespace and c.relkind = 'S'
              and pg_get_userbyid(c.relowner) = current_user
        loop
            execute format('revoke all on sequence %I from %I', entry.relname, role.name);
            if role.parts && array['service', 'engine', 'responder'] then
                execute format('grant usage, select on sequence %I to %I', entry.relname, role.name);
            end if;
        end loop;
        execute format('grant execute on all functions in schema %I to %I', current_schema(), role.name);
    end loop;
end $$;
