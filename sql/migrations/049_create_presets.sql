-- Requests that somebody has saved under a name, to be opened again, repeated, or shared with the tenant.
create table report_export_presets (
    id         uuid        not null constraint report_export_presets_pkey primary key,
    tenant_id  text        not null,
    name       text        not null,
    -- Whether all of the tenant see it, or only whoever has saved it.
    shared     boolean     not null,
    module     text        not null,
    catalog    text        not null,
    -- The validated request in canonical form, its days as they were said: a period, or a date range. Text, not jsonb:
    -- its members keep their order.
    request    json        not null,
    created_by text        not null,
    -- nginx's $request_id: a request that nginx sends again saves no second one.
    request_id text,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    constraint preset_lengths check
        (length(name) between 1 and 255 and length(tenant_id) between 1 and 255
         and octet_length(request::text) <= 131072 and length(request_id) between 1 and 128)
);
create index report_export_presets_tenant on report_export_presets (tenant_id, id desc);
create index report_export_presets_owner on report_export_presets (tenant_id, created_by);
create unique index report_export_presets_request_id on report_export_presets (tenant_id, request_id)
    where request_id is not null;
