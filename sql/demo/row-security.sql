-- Row-level security as an application may have it: the reader's role sees the rows of the tenant that its transaction
-- names in app.tenant, and without one it sees none. Penstock sets app.tenant in each transaction that reads rows.
-- Its own conditions name the tenant as well, so a policy that is missing, or a condition that is wrong, shows nobody
-- another tenant's rows.
do $$
declare
    name text;
begin
    for name in
        select table_name from information_schema.columns
        where table_schema = 'public' and column_name = 'tenant_id'
            and table_name in (select tablename from pg_tables where schemaname = 'public')
    loop
        execute format('alter table public.%I enable row level security', name);
        -- The subquery is evaluated once a statement, not once a row.
        execute format(
            'create policy own_tenant on public.%I for select to penstock_reader '
            'using (tenant_id = (select current_setting(''app.tenant'', true)))', name);
    end loop;
end $$;
