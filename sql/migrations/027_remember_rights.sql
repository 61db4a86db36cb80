-- How the requester of a job had proved who he is (basic, apiKey, bearer, gateway), so that his rights can be looked at
-- again; null where an operator made it, or an earlier release.
alter table report_export_jobs add column requested_with text;

-- The same of a schedule's owner. confirmed_at is when the owner, or an operator, last made or changed the schedule:
-- for a caller whom Penstock cannot look up it bounds how long the schedule goes on.
alter table report_export_schedules
    add column created_with text,
    add column confirmed_at timestamptz not null default clock_timestamp();

-- The key that has taken a key's place, and holds its rights when its own time is over.
alter table penstock_api_keys add column replaced_by text;

-- Schedules that are there already: of a key or a user that could make them today, of the operator's command, or of an
-- identity provider.
update report_export_schedules s set created_with = case
    when exists (
        select from penstock_api_keys k
        where s.created_by = 'api-key:' || k.prefix and k.tenant_id = s.tenant_id) then 'apiKey'
    when exists (
        select from penstock_users u
        where u.name = s.created_by and not u.disabled
          and (s.tenant_id = any (u.tenants) or (u.superuser and '*' = any (u.tenants)))
          and (u.superuser or 'export:reports' = any (u.permissions))) then 'basic'
    when s.created_by = 'penstock schedules' then null
    else 'gateway' end;

-- They have parameters more, which calls of the last release leave out.
drop function if exists create_job(
    uuid, text, text, text, text, text, text, text, jsonb, bytea, text, text, integer, integer, bigint, boolean, text,
    text, uuid, timestamptz, text, integer, bytea, bytea, interval, uuid, json, text, date, text, bytea, bigint);
drop function if exists create_schedule(
    uuid, text, text, boolean, text, text, json, text, text, integer, integer, integer, integer, text, text, text,
    timestamptz, integer);
drop function if exists change_schedule(
    text, uuid, text, boolean, text, text, json, text, integer, integer, integer, integer, text, timestamptz);
