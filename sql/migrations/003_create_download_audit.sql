-- Every attempt to download, whatever came of it. Rows are only ever added.
create table report_download_audit (
    id          bigint      not null generated always as identity constraint report_download_audit_pkey primary key,
    at          timestamptz not null default clock_timestamp(),
    -- Null where the attempt named no job that exists.
    tenant_id   text,
    job_id      uuid,
    -- Who: the caller's subject, or null for a signed link, which carries no caller.
    subject     text,
    via         text        not null,
    outcome     text        not null,
    status      integer     not null,
    remote_addr text,
    user_agent  text,
    range       text,
    request_id  text,
    constraint audit_via_known check (via in ('link', 'exports', 'reports', 'recent', 'records', 'reexports')),
    constraint audit_outcome_length check (length(outcome) between 1 and 64),
    constraint audit_lengths check
        (length(remote_addr) <= 64 and length(user_agent) <= 512 and length(range) <= 256 and length(request_id) <= 128)
);
create index report_download_audit_tenant on report_download_audit (tenant_id, id desc);
create index report_download_audit_job on report_download_audit (job_id, id desc) where job_id is not null;

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'the download audit is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger report_download_audit_append_only before update or delete or truncate on report_download_audit
    for each statement execute function refuse_audit_change();
