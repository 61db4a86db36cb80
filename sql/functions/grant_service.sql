-- Purpose: what the role that runs the service needs, and no more: it writes jobs, users and keys, and only adds to the
--          audit.
-- It owns nothing, so it can neither change the audit's triggers nor switch them off.
-- Parameters: the role's name; it is there already, and owns none of the tables.
create or replace function grant_service(service text) returns void language plpgsql as $$
declare
    entry record;
begin
    execute format('grant usage on schema %I to %I', current_schema(), service);
    for entry in
        select c.relname, c.relkind from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
          and pg_get_userbyid(c.relowner) = current_user
    loop
        if entry.relkind = 'S' then
            execute format('grant usage, select on sequence %I to %I', entry.relname, service);
            continue;
        end if;
        execute format('revoke all on table %I from %I', entry.relname, service);
        execute format(
            'grant %s on table %I to %I',
            case
                when entry.relname in ('report_download_audit', 'report_download_transfers') then 'select, insert'
                when entry.relkind = 'v' or entry.relname in ('penstock_schema', 'report_audit_checkpoints') then 'select'
                else 'select, insert, update, delete'
            end, entry.relname, service);
    end loop;
    execute format('grant execute on all functions in schema %I to %I', current_schema(), service);
end $$;
