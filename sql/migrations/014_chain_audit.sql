-- The audit can be checked from outside: each row carries the SHA-256 of the row before it in its tenant's chain and of
-- its own columns. Who changes, adds or takes away a row has to rewrite all that follow; who cuts off the end is found
-- by a head that was kept elsewhere (`penstock audit heads`).
--
--     hash(n) = sha256( hash(n-1) || canonical(row n) )        hash(0) = sha256( the chain's name )
--
-- A chain is 'downloads' or 'transfers', with '/' and the tenant behind it; rows without a tenant have one of their
-- own. canonical: the columns in order, each as its length in bytes, ':' and its text, or '-' for NULL, with ','
-- between them; times in UTC with microseconds. The program computes it again by itself
-- (Sources/Audit/AuditChain.swift).
create function audit_canonical(variadic fields text[]) returns bytea language sql immutable as $$
    select convert_to(
        string_agg(case when f is null then '-' else octet_length(f) || ':' || f end, ',' order by place), 'UTF8')
    from unnest(fields) with ordinality as t (f, place)
$$;
create function audit_time(t timestamptz) returns text language sql immutable as $$
    select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

alter table report_download_audit
    add column chain text,
    add column link  bigint,
    add column hash  bytea,
    add constraint audit_link_once unique (chain, link);

-- What nginx has sent for a download that was granted: its access log of the internal location, by the request's id. A
-- table of its own, for a row of the audit never changes.
create table report_download_transfers (
    id          bigint      not null generated always as identity constraint report_download_transfers_pkey primary key,
    at          timestamptz not null default clock_timestamp(),
    tenant_id   text,
    job_id      uuid,
    request_id  text        not null,
    method      text        not null,
    -- nginx's answer: 200, 206, 304, 416 …
    status      integer     not null,
    bytes_sent  bigint      not null,
    range       text,
    duration_ms bigint      not null,
    -- Whether the client has taken all of the answer, as far as nginx can know.
    completed   boolean     not null,
    remote_addr text,
    chain       text        not null,
    link        bigint      not null,
    hash        bytea       not null,
    constraint transfer_request_once unique (request_id),
    constraint transfer_link_once unique (chain, link),
    constraint transfer_lengths check
        (length(request_id) between 1 and 128 and length(method) <= 32 and length(range) <= 256 and length(remote_addr) <= 64),
    constraint transfer_counts check (bytes_sent >= 0 and duration_ms >= 0)
);
create index report_download_transfers_tenant on report_download_transfers (tenant_id, id desc);

-- Locks: one insert of a chain at a time (advisory lock to the end of the transaction), so that each row finds the one
--        before it. Two transactions at once of another isolation than READ COMMITTED meet the unique constraint.
create function link_audit() returns trigger language plpgsql as $$
declare
    before record;
    content bytea;
begin
    new.chain := tg_argv[0] || coalesce('/' || new.tenant_id, '');
    perform pg_advisory_xact_lock(1346718806, hashtext(new.chain));
    execute format('select link, hash from %I where chain = $1 order by link desc limit 1', tg_table_name)
        into before using new.chain;
    new.link := coalesce(before.link, 0) + 1;
    -- A column that the other table does not have may not stand in the same expression.
    if tg_argv[0] = 'downloads' then
        content := audit_canonical(
            new.link::text, audit_time(new.at), new.tenant_id, new.job_id::text, new.subject, new.via, new.outcome,
            new.status::text, new.remote_addr, new.user_agent, new.range, new.request_id);
    else
        content := audit_canonical(
            new.link::text, audit_time(new.at), new.tenant_id, new.job_id::text, new.request_id, new.method,
            new.status::text, new.bytes_sent::text, new.range, new.duration_ms::text, new.completed::text,
            new.remote_addr);
    end if;
    new.hash := sha256(coalesce(before.hash, sha256(convert_to(new.chain, 'UTF8'))) || content);
    return new;
end $$;

-- The rows that are there already, in their order.
alter table report_download_audit disable trigger report_download_audit_append_only;
do $$
declare
    entry record;
    name text;
    before record;
begin
    for entry in select * from report_download_audit order by id loop
        name := 'downloads' || coalesce('/' || entry.tenant_id, '');
        select a.link, a.hash into before from report_download_audit a where a.chain = name order by a.link desc limit 1;
        update report_download_audit set
            chain = name, link = coalesce(before.link, 0) + 1,
            hash = sha256(
                coalesce(before.hash, sha256(convert_to(name, 'UTF8'))) || audit_canonical(
                    (coalesce(before.link, 0) + 1)::text, audit_time(entry.at), entry.tenant_id, entry.job_id::text,
                    entry.subject, entry.via, entry.outcome, entry.status::text, entry.remote_addr, entry.user_agent,
                    entry.range, entry.request_id))
        where id = entry.id;
    end loop;
end $$;
alter table report_download_audit enable always trigger report_download_audit_append_only;
alter table report_download_audit
    alter column chain set not null,
    alter column link set not null,
    alter column hash set not null;
create index report_download_audit_request on report_download_audit (request_id);

create trigger report_download_audit_link before insert on report_download_audit
    for each row execute function link_audit('downloads');
create trigger report_download_transfers_link before insert on report_download_transfers
    for each row execute function link_audit('transfers');
create trigger report_download_transfers_append_only before update or delete or truncate on report_download_transfers
    for each statement execute function refuse_audit_change();
-- Not to be passed by session_replication_role either.
alter table report_download_audit enable always trigger report_download_audit_link;
alter table report_download_transfers enable always trigger report_download_transfers_link;
alter table report_download_transfers enable always trigger report_download_transfers_append_only;
