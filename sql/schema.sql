-- Written by `make schema`: what the migrations and functions of this folder make. Not to be edited.

CREATE TABLE report_export_jobs (
    id uuid NOT NULL,
    serial bigint NOT NULL,
    tenant_id text NOT NULL,
    module text NOT NULL,
    catalog text NOT NULL,
    category text NOT NULL,
    format text NOT NULL,
    language text NOT NULL,
    source text DEFAULT 'manual'::text NOT NULL,
    requested_by text NOT NULL,
    request jsonb NOT NULL,
    request_hash bytea NOT NULL,
    idempotency_key text,
    request_id text,
    state text DEFAULT 'pending'::text NOT NULL,
    epoch integer DEFAULT 0 NOT NULL,
    claim_token uuid,
    worker_id bigint,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 3 NOT NULL,
    run_after timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    progress_total bigint,
    progress_done bigint DEFAULT 0 NOT NULL,
    file_name text,
    stored_path text,
    file_size_bytes bigint,
    row_count bigint,
    sha256 bytea,
    metadata json,
    error_code text,
    error_summary text,
    requested_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    expires_at timestamp with time zone,
    file_deleted_at timestamp with time zone,
    change_number bigint DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    parts_total integer,
    parts_ready integer DEFAULT 0 NOT NULL,
    rows_path text,
    rows_size bigint,
    rows_sha256 bytea,
    rows_expire_at timestamp with time zone,
    rows_deleted_at timestamp with time zone,
    reexport_of uuid,
    reexport_params json,
    reexport_zone text,
    reexport_day date,
    reexport_rows_path text,
    reexport_rows_sha256 bytea,
    dedupe_hash bytea,
    notify boolean DEFAULT false NOT NULL,
    notified_at timestamp with time zone,
    schedule_id uuid,
    schedule_due_at timestamp with time zone,
    "interval" text,
    filter_file text,
    filter_keys integer,
    filter_sha256 bytea,
    waits integer DEFAULT 0 NOT NULL,
    interruptions integer DEFAULT 0 NOT NULL,
    attempt_error_code text,
    attempt_error_summary text,
    attempt_sqlstate text,
    attempt_error_detail text,
    losses integer DEFAULT 0 NOT NULL,
    ended_by_request text,
    filter_bytes bigint,
    requires integer DEFAULT 1 NOT NULL,
    requested_with text,
    access jsonb,
    removed_at timestamp with time zone,
    traceparent text,
    CONSTRAINT job_attempt_error_length CHECK (((length(attempt_error_summary) <= 1000) AND (length(attempt_sqlstate) <= 5) AND (length(attempt_error_detail) <= 4000))),
    CONSTRAINT job_attempt_error_whole CHECK (((attempt_error_code IS NULL) = (attempt_error_summary IS NULL))),
    CONSTRAINT job_attempts_in_range CHECK (((attempts >= 0) AND (attempts <= max_attempts))),
    CONSTRAINT job_claim_while_processing CHECK ((((state = 'processing'::text) = (claim_token IS NOT NULL)) AND ((state = 'processing'::text) = (worker_id IS NOT NULL)))),
    CONSTRAINT job_completed_when_final CHECK (((state = ANY (ARRAY['pending'::text, 'processing'::text])) = (completed_at IS NULL))),
    CONSTRAINT job_dedupe_hash_length CHECK ((length(dedupe_hash) = 32)),
    CONSTRAINT job_ended_by_request_length CHECK (((length(ended_by_request) >= 1) AND (length(ended_by_request) <= 128))),
    CONSTRAINT job_error_summary_length CHECK ((length(error_summary) <= 1000)),
    CONSTRAINT job_error_when_failed CHECK (((state = 'failed'::text) = (error_code IS NOT NULL))),
    CONSTRAINT job_filter_bytes_not_negative CHECK ((filter_bytes >= 0)),
    CONSTRAINT job_filter_file_length CHECK (((length(filter_file) >= 1) AND (length(filter_file) <= 255))),
    CONSTRAINT job_filter_keys_positive CHECK ((filter_keys > 0)),
    CONSTRAINT job_filter_sha256_length CHECK ((length(filter_sha256) = 32)),
    CONSTRAINT job_filter_whole CHECK ((num_nulls(filter_file, filter_keys, filter_sha256) = ANY (ARRAY[0, 3]))),
    CONSTRAINT job_format_length CHECK (((length(format) >= 1) AND (length(format) <= 32))),
    CONSTRAINT job_idempotency_key_length CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255))),
    CONSTRAINT job_interval_known CHECK (("interval" = ANY (ARRAY['daily'::text, 'weekly'::text, 'monthly'::text, 'yearly'::text]))),
    CONSTRAINT job_interval_when_auto CHECK (((source = 'auto'::text) = ("interval" IS NOT NULL))),
    CONSTRAINT job_losses_not_negative CHECK ((losses >= 0)),
    CONSTRAINT job_names_length CHECK (((length(module) <= 100) AND (length(catalog) <= 100) AND (length(category) <= 100) AND (length(language) <= 35))),
    CONSTRAINT job_notified_when_wanted CHECK ((notify OR (notified_at IS NULL))),
    CONSTRAINT job_parts_in_range CHECK (((parts_ready >= 0) AND (parts_ready <= COALESCE(parts_total, 0)))),
    CONSTRAINT job_parts_when_begun CHECK (((state <> 'pending'::text) OR (parts_total IS NULL))),
    CONSTRAINT job_progress_not_negative CHECK (((progress_done >= 0) AND (progress_total >= 0))),
    CONSTRAINT job_receipt_when_ready CHECK (
CASE
    WHEN (state = ANY (ARRAY['ready'::text, 'expired'::text])) THEN (num_nulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata, expires_at) = 0)
    ELSE (num_nonnulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata) = 0)
END),
    CONSTRAINT job_reexport_sha256_length CHECK ((length(reexport_rows_sha256) = 32)),
    CONSTRAINT job_reexport_whole CHECK (((num_nulls(reexport_of, reexport_params, reexport_zone, reexport_day) = ANY (ARRAY[0, 4])) AND (num_nulls(reexport_rows_path, reexport_rows_sha256) = ANY (ARRAY[0, 2])) AND ((reexport_rows_path IS NULL) OR (reexport_of IS NOT NULL)))),
    CONSTRAINT job_request_hash_length CHECK ((length(request_hash) = 32)),
    CONSTRAINT job_request_id_length CHECK (((length(request_id) >= 1) AND (length(request_id) <= 128))),
    CONSTRAINT job_rows_deleted_when_kept CHECK (((rows_deleted_at IS NULL) OR (rows_path IS NOT NULL))),
    CONSTRAINT job_rows_sha256_length CHECK ((length(rows_sha256) = 32)),
    CONSTRAINT job_rows_when_made CHECK (((rows_path IS NULL) OR (state = ANY (ARRAY['ready'::text, 'failed'::text, 'expired'::text])))),
    CONSTRAINT job_rows_whole CHECK ((num_nulls(rows_path, rows_size, rows_sha256, rows_expire_at) = ANY (ARRAY[0, 4]))),
    CONSTRAINT job_schedule_when_auto CHECK (((num_nulls(schedule_id, schedule_due_at) = ANY (ARRAY[0, 2])) AND ((schedule_id IS NULL) OR (source = 'auto'::text)))),
    CONSTRAINT job_sha256_length CHECK ((length(sha256) = 32)),
    CONSTRAINT job_source_known CHECK ((source = ANY (ARRAY['manual'::text, 'auto'::text]))),
    CONSTRAINT job_started_when_processing CHECK (((state <> 'processing'::text) OR (started_at IS NOT NULL))),
    CONSTRAINT job_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'processing'::text, 'ready'::text, 'failed'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT job_tenant_length CHECK (((length(tenant_id) >= 1) AND (length(tenant_id) <= 255))),
    CONSTRAINT job_traceparent_form CHECK ((traceparent ~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'::text)),
    CONSTRAINT job_waits_not_negative CHECK (((waits >= 0) AND (interruptions >= 0)))
)
WITH (fillfactor='70');

COMMENT ON TABLE report_export_jobs IS 'Penstock: one row per export job, its whole life';

CREATE FUNCTION abort_reexport(tenant text, job_id uuid, summary text, gateway_request_id text DEFAULT NULL::text) RETURNS SETOF report_export_jobs
    LANGUAGE plpgsql
    AS $$
begin
    return query update report_export_jobs
        set state = 'failed', claim_token = null, worker_id = null, completed_at = clock_timestamp(),
            error_code = 'aborted', error_summary = left(summary, 1000),
            ended_by_request = left(gateway_request_id, 128)
        where tenant_id = tenant and id = job_id and reexport_of is not null and state = 'processing'
        returning *;
    if not found then
        return query select * from ended_by_request(tenant, job_id, 'failed', gateway_request_id);
    end if;
end $$;

CREATE FUNCTION announce_mail(message uuid, content text, link_end timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    mail record;
begin
    update report_mail_outbox o set content = announce_mail.content, link_ends_at = link_end where o.id = message
    returning o.tenant_id, o.job_id, o.recipient into mail;
    if found and content <> 'notice' then
        perform record_download(
            mail.tenant_id, mail.job_id, mail.recipient, 'mail',
            case content when 'file' then 'granted' else 'link_issued' end, 200, null, null, null, 'mail:' || message);
    end if;
end $$;

CREATE FUNCTION apply_job_states() RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
    known text; open text; file text; rows text; filter text;
begin
    -- As the right side of IN, in the order of the table above.
    select string_agg(quote_literal(state), ', ' order by place),
        string_agg(quote_literal(state), ', ' order by place) filter (where is_open),
        string_agg(quote_literal(state), ', ' order by place) filter (where holds_file),
        string_agg(quote_literal(state), ', ' order by place) filter (where may_hold_rows),
        string_agg(quote_literal(state), ', ' order by place) filter (where holds_filter)
    into known, open, file, rows, filter
    from job_states() with ordinality as s (state, is_open, holds_file, may_hold_rows, holds_filter, place);

    execute format($sql$
        alter table report_export_jobs
            drop constraint job_state_known,
            add constraint job_state_known check (state in (%1$s)),
            drop constraint job_completed_when_final,
            add constraint job_completed_when_final check ((state in (%2$s)) = (completed_at is null)),
            -- A job with a file has its whole receipt; a job that never became ready has none.
            drop constraint job_receipt_when_ready,
            add constraint job_receipt_when_ready check (
                case when state in (%3$s)
                    then num_nulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata, expires_at) = 0
                    else num_nonnulls(file_name, stored_path, file_size_bytes, row_count, sha256, metadata) = 0 end),
            drop constraint job_rows_when_made,
            add constraint job_rows_when_made check (rows_path is null or state in (%4$s));

        drop index report_export_jobs_rows_in_use;
        create index report_export_jobs_rows_in_use on report_export_jobs (reexport_rows_path)
            where reexport_rows_path is not null and state in (%2$s);
        drop index report_export_jobs_filter;
        create index report_export_jobs_filter on report_export_jobs (tenant_id, filter_sha256)
            where filter_sha256 is not null and state in (%5$s);

        create or replace function is_open(state text) returns boolean language sql immutable parallel safe
            return state in (%2$s);
        create or replace function holds_filter(state text) returns boolean language sql immutable parallel safe
            return state in (%5$s);
        $sql$, known, open, file, rows, filter);
end $_$;

CREATE FUNCTION audit_canonical(VARIADIC fields text[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    AS $$
    select convert_to(
        string_agg(case when f is null then '-' else octet_length(f) || ':' || f end, ',' order by place), 'UTF8')
    from unnest(fields) with ordinality as t (f, place)
$$;

CREATE FUNCTION audit_heads() RETURNS TABLE(chain text, link bigint, hash text)
    LANGUAGE sql STABLE
    AS $$
    select distinct on (h.chain) h.chain, h.link, encode(h.hash, 'hex')
    from (
        (select distinct on (a.chain) a.chain, a.link, a.hash from report_download_audit a
         order by a.chain, a.link desc)
        union all
        (select distinct on (t.chain) t.chain, t.link, t.hash from report_download_transfers t
         order by t.chain, t.link desc)
        union all
        select c.chain, c.link, c.hash from report_audit_checkpoints c
    ) h
    order by h.chain, h.link desc
$$;

CREATE FUNCTION audit_links(kind text, after_chain text, after_link bigint, at_most integer) RETURNS TABLE(chain text, link bigint, hash text, fields jsonb)
    LANGUAGE sql STABLE
    AS $$
    (select a.chain, a.link, encode(a.hash, 'hex'), to_jsonb(array[
        a.link::text, audit_time(a.at), a.tenant_id, a.job_id::text, a.subject, a.via, a.outcome, a.status::text,
        a.remote_addr, a.user_agent, a.range, a.request_id])
    from report_download_audit a
    where kind = 'downloads' and (a.chain, a.link) > (after_chain, after_link)
    order by a.chain, a.link limit at_most)
    union all
    (select t.chain, t.link, encode(t.hash, 'hex'), to_jsonb(array[
        t.link::text, audit_time(t.at), t.tenant_id, t.job_id::text, t.request_id, t.method, t.status::text,
        t.bytes_sent::text, t.range, t.duration_ms::text, t.completed::text, t.remote_addr])
    from report_download_transfers t
    where kind = 'transfers' and (t.chain, t.link) > (after_chain, after_link)
    order by t.chain, t.link limit at_most)
$$;

CREATE FUNCTION audit_prefix(kind text, after text, older timestamp with time zone, at_most integer) RETURNS TABLE(chain text, link bigint, hash text)
    LANGUAGE plpgsql
    AS $_$
declare
    source text := case kind when 'downloads' then 'report_download_audit' else 'report_download_transfers' end;
begin
    chain := after;
    loop
        execute format('select min(t.chain) from %I t where t.chain > $1', source) into chain using chain;
        exit when chain is null;
        execute format(
            $sql$
            select p.link, encode(p.hash, 'hex') from (
                select b.link, b.hash, bool_and(b.at < $2) over (order by b.link) as is_older
                from (select t.link, t.hash, t.at from %I t where t.chain = $1 order by t.link limit $3) b) p
            where p.is_older order by p.link desc limit 1
            $sql$, source) into link, hash using chain, older, at_most;
        if link is not null then
            return next;
            return;
        end if;
    end loop;
end $_$;

CREATE FUNCTION audit_time(t timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

CREATE FUNCTION bind_storage(storage uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
    insert into penstock_storage (id) values (storage) on conflict do nothing;
    return (select id from penstock_storage);
end $$;

CREATE FUNCTION bound_storage() RETURNS TABLE(id uuid, in_use boolean)
    LANGUAGE sql STABLE
    AS $$
    select (select s.id from penstock_storage s),
        exists (select from report_export_jobs where state = 'ready')
        or exists (select from report_export_jobs where state = 'expired' and file_deleted_at is null)
        or exists (select from report_export_jobs where rows_path is not null and rows_deleted_at is null)
$$;

CREATE FUNCTION cancel_job(tenant text, job_id uuid, gateway_request_id text DEFAULT NULL::text) RETURNS SETOF report_export_jobs
    LANGUAGE plpgsql
    AS $$
begin
    return query update report_export_jobs
        set state = 'cancelled', claim_token = null, worker_id = null, completed_at = clock_timestamp(),
            ended_by_request = left(gateway_request_id, 128)
        where tenant_id = tenant and id = job_id and is_open(state)
        returning *;
    if not found then
        return query select * from ended_by_request(tenant, job_id, 'cancelled', gateway_request_id);
    end if;
end $$;

CREATE TABLE report_export_presets (
    id uuid NOT NULL,
    tenant_id text NOT NULL,
    name text NOT NULL,
    shared boolean NOT NULL,
    module text NOT NULL,
    catalog text NOT NULL,
    request json NOT NULL,
    created_by text NOT NULL,
    request_id text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT preset_lengths CHECK ((((length(name) >= 1) AND (length(name) <= 255)) AND ((length(tenant_id) >= 1) AND (length(tenant_id) <= 255)) AND (octet_length((request)::text) <= 131072) AND ((length(request_id) >= 1) AND (length(request_id) <= 128))))
);

CREATE FUNCTION change_preset(tenant text, preset uuid, title text, for_all boolean, of_module text, of_catalog text, wanted json) RETURNS SETOF report_export_presets
    LANGUAGE sql
    AS $$
    update report_export_presets p
    set name = title, shared = for_all, module = of_module, catalog = of_catalog, request = wanted,
        updated_at = clock_timestamp()
    where p.id = preset and p.tenant_id = tenant
    returning p.*
$$;

CREATE TABLE report_export_schedules (
    id uuid NOT NULL,
    tenant_id text NOT NULL,
    name text NOT NULL,
    notify boolean NOT NULL,
    module text NOT NULL,
    catalog text NOT NULL,
    request json NOT NULL,
    language text NOT NULL,
    "interval" text NOT NULL,
    minute integer NOT NULL,
    weekday integer,
    month integer,
    month_day integer,
    time_zone text NOT NULL,
    created_by text NOT NULL,
    request_id text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    next_due_at timestamp with time zone,
    fire_at timestamp with time zone,
    last_due_at timestamp with time zone,
    last_job_id uuid,
    error_code text,
    error_message text,
    error_at timestamp with time zone,
    created_with text,
    confirmed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    access jsonb,
    CONSTRAINT schedule_day_when_monthly CHECK (((("interval" = ANY (ARRAY['monthly'::text, 'yearly'::text])) = (month_day IS NOT NULL)) AND ((month_day >= 1) AND (month_day <= 31)))),
    CONSTRAINT schedule_error_whole CHECK ((num_nulls(error_code, error_message, error_at) = ANY (ARRAY[0, 3]))),
    CONSTRAINT schedule_fires_when_due CHECK ((((next_due_at IS NULL) = (fire_at IS NULL)) AND (fire_at >= next_due_at))),
    CONSTRAINT schedule_interval_known CHECK (("interval" = ANY (ARRAY['daily'::text, 'weekly'::text, 'monthly'::text, 'yearly'::text]))),
    CONSTRAINT schedule_lengths CHECK ((((length(name) >= 1) AND (length(name) <= 255)) AND ((length(tenant_id) >= 1) AND (length(tenant_id) <= 255)) AND (length(language) <= 35) AND (length(time_zone) <= 64) AND (length(error_message) <= 1000) AND ((length(request_id) >= 1) AND (length(request_id) <= 128)))),
    CONSTRAINT schedule_minute_in_range CHECK (((minute >= 0) AND (minute <= 1439))),
    CONSTRAINT schedule_month_when_yearly CHECK (((("interval" = 'yearly'::text) = (month IS NOT NULL)) AND ((month >= 1) AND (month <= 12)))),
    CONSTRAINT schedule_weekday_when_weekly CHECK (((("interval" = 'weekly'::text) = (weekday IS NOT NULL)) AND ((weekday >= 1) AND (weekday <= 7))))
);

CREATE FUNCTION change_schedule(tenant text, schedule uuid, title text, wants_notice boolean, of_module text, of_catalog text, wanted json, every text, at_minute integer, on_weekday integer, in_month integer, on_day integer, zone text, due timestamp with time zone, changed_by text DEFAULT NULL::text, changed_with text DEFAULT NULL::text, caller_access jsonb DEFAULT NULL::jsonb) RETURNS SETOF report_export_schedules
    LANGUAGE plpgsql
    AS $$
declare
    paused boolean := exists (
        select from report_export_schedules s
        where s.id = schedule and s.tenant_id = tenant and s.error_code like 'rights\_%');
    stays boolean := paused and due is null;
    moves boolean := paused and due is not null and changed_by is not null;
begin
    perform pg_notify('penstock_schedules', '');
    return query
        update report_export_schedules s
        set name = title, notify = wants_notice, module = of_module, catalog = of_catalog, request = wanted,
            interval = every, minute = at_minute, weekday = on_weekday, month = in_month, month_day = on_day,
            time_zone = zone, next_due_at = due, fire_at = due, updated_at = clock_timestamp(),
            created_by = case when moves then changed_by else s.created_by end,
            created_with = case when moves then changed_with else s.created_with end,
            access = case
                when moves or (changed_by, changed_with) is not distinct from (s.created_by, s.created_with)
                    then caller_access
                else s.access end,
            confirmed_at = case
                when moves or changed_by is null
                    or (changed_by, changed_with) is not distinct from (s.created_by, s.created_with)
                    then clock_timestamp()
                else s.confirmed_at end,
            error_code = case when stays then s.error_code end,
            error_message = case when stays then s.error_message end,
            error_at = case when stays then s.error_at end
        where s.id = schedule and s.tenant_id = tenant
        returning s.*;
end $$;

CREATE FUNCTION claim_job(worker bigint, tenant_limit integer) RETURNS SETOF report_export_jobs
    LANGUAGE plpgsql
    AS $$
declare
    claimed report_export_jobs;
begin
    for claimed in select * from claim_jobs(worker, tenant_limit, 1) loop
        perform tell_claims(array[claimed.id], array[claimed.claim_token]);
        return next claimed;
    end loop;
end $$;

CREATE FUNCTION claim_jobs(worker bigint, tenant_limit integer, at_most integer) RETURNS SETOF report_export_jobs
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_sort TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    known integer := coalesce(nullif(current_setting('penstock.job_version', true), ''), '1')::integer;
    wanted integer := at_most;
    due timestamptz;
    candidate record;
    -- The tenants of this round, those of the rounds before, and the first one that somebody else is changing.
    mine text[];
    tried text[] := '{}';
    busy text;
    has_locked boolean := false;
    claimed report_export_jobs;
    -- By the number running, from 0, the last for all above: where to look from; what this look finds, and how far it
    -- has come.
    turns_from timestamptz[] := coalesce(nullif(current_setting('penstock.turns_from', true), ''), '{}')::timestamptz[];
    turns_found timestamptz[];
    seen integer := 0;
    -- A time, the first transaction that had not begun then, when everything was looked at last, and for which limit.
    noted text[] := coalesce(
        nullif(current_setting('penstock.turns_noted', true), ''), '{-infinity,0,-infinity}')::text[];
    noted_at timestamptz := noted[1]::timestamptz;
    whole_at timestamptz := noted[3]::timestamptz;
begin
    perform pg_advisory_xact_lock_shared(lock_number('claims'), 1);
    if noted[4] is distinct from tenant_limit::text then
        turns_from := '{}';
    end if;
    -- Jobs that fail here are few; the bound keeps one call short.
    for round in 1..100 loop
        exit when wanted <= 0;
        due := clock_timestamp();
        if round = 1 and due not between noted_at and noted_at + interval '50 ms'
            and pg_snapshot_xmin(pg_current_snapshot()) >= noted[2]::xid8 then
            turns_found := '{}';
            noted_at := least(noted_at, due);
            if due not between whole_at and whole_at + interval '1 min' then
                turns_from := '{}';
                whole_at := due;
            end if;
            noted := array[
                due::text, pg_snapshot_xmax(pg_current_snapshot())::text, whole_at::text, tenant_limit::text];
        end if;
        mine := '{}';
        busy := null;
        for candidate in
            select turn.tenant_id, turn.turn_at, running.running from generate_series(0, tenant_limit - 1) as running
            cross join lateral (
                select t.tenant_id, t.turn_at from report_export_tenants t
                where t.pending > 0 and t.running = running.running and t.turn_at <= due
                  and t.turn_at >= coalesce(
                      turns_from[least(running.running + 1, cardinality(turns_from))], '-infinity')
                  and t.tenant_id <> all (tried)
                order by t.turn_at) turn
            union all
            -- Of those that may run more than others for a time.
            (select t.tenant_id, null, t.running from penstock_tenant_limits l
            cross join lateral (
                select n.* from report_export_tenants n where n.tenant_id = l.tenant_id
                order by n.version desc limit 1) t
            where l.until > due and t.running >= tenant_limit and t.running < l.running
              and t.pending > 0 and t.turn_at <= due and t.tenant_id <> all (tried)
            order by t.running, t.turn_at)
        loop
            if turns_found is not null and candidate.turn_at is not null then
                -- Numbers that were passed have no turn.
                while seen < candidate.running loop
                    turns_found := turns_found || noted_at;
                    seen := seen + 1;
                end loop;
                if seen = candidate.running then
                    turns_found := turns_found || least(candidate.turn_at, noted_at);
                    seen := seen + 1;
                end if;
            end if;
            if pg_try_advisory_xact_lock(lock_number('changes'), hashtext(candidate.tenant_id)) then
                mine := mine || candidate.tenant_id;
                exit when cardinality(mine) >= wanted;
            else
                busy := coalesce(busy, candidate.tenant_id);
            end if;
        end loop;
        if turns_found is not null then
            -- What was not come to is as it was; what was, and is not there, has no turn.
            while seen < tenant_limit loop
                turns_found := turns_found || case
                    when cardinality(mine) >= wanted
                        then coalesce(turns_from[least(seen + 1, cardinality(turns_from))], '-infinity')
                    else noted_at end;
                seen := seen + 1;
            end loop;
            while seen > 1 and turns_found[seen] = turns_found[seen - 1] loop
                seen := seen - 1;
            end loop;
            turns_found := turns_found[:seen];
            perform set_config('penstock.turns_from', turns_found::text, false),
                set_config('penstock.turns_noted', noted::text, false);
            turns_found := null;
        end if;
        if mine = '{}' then
            -- Whoever holds no tenant's changes waits for one and is waited for by nobody.
            exit when busy is null or has_locked;
            has_locked := true;
            perform pg_advisory_xact_lock(lock_number('changes'), hashtext(busy));
            continue;
        end if;
        has_locked := true;
        tried := tried || mine;
        for claimed in
            with room as materialized (
                select t.*, greatest(tenant_limit, l.running) as may_run from unnest(mine) as m (tenant_id)
                cross join lateral (
                    select n.tenant_id, n.pending, n.running, n.head_at, n.turn_at from report_export_tenants n
                    where n.tenant_id = m.tenant_id order by n.version desc limit 1) t
                left join penstock_tenant_limits l on l.tenant_id = m.tenant_id and l.until > due
                where t.pending > 0 and t.running < greatest(tenant_limit, l.running)
            ), head as materialized (
                select h.id, r.turn_at, r.running
                    + row_number() over (partition by r.tenant_id order by h.run_after, h.id) as place
                from room r
                cross join lateral (
                    select j.id, j.run_after from report_export_jobs j
                    where j.tenant_id = r.tenant_id and j.state = 'pending' and j.run_after between r.head_at and due
                      and j.requires <= known
                    order by j.run_after, j.id limit least(wanted, r.may_run - r.running) for update skip locked) h
            ), chosen as materialized (
                select id from head order by place, turn_at, id limit wanted
            )
            update report_export_jobs j
            set state = 'processing', epoch = j.epoch + 1, attempts = j.attempts + 1, claim_token = gen_random_uuid(),
                worker_id = worker, started_at = clock_timestamp(), progress_total = null, progress_done = 0
            from chosen where j.id = chosen.id
            returning j.*
        loop
            if num_nulls(claimed.reexport_of, claimed.schedule_id) = 2 or holds_right(
                    claimed.requested_with, claimed.requested_by, claimed.tenant_id, 'export:reports') then
                wanted := wanted - 1;
                return next claimed;
            else
                perform fail_job(
                    claimed.id, claimed.claim_token, 'rights_lost',
                    'The requester may not export for the tenant any more', null, null);
                tried := array_remove(tried, claimed.tenant_id);
            end if;
        end loop;
    end loop;
end $$;

CREATE FUNCTION claim_mails(at_most integer, per_tenant integer, busy text[], lease interval) RETURNS TABLE(id uuid, job_id uuid, tenant_id text, event text, recipient text, happened_at timestamp with time zone, attempts integer, access jsonb)
    LANGUAGE sql
    AS $$
    with recursive tenant as (
        (select o.tenant_id as id from report_mail_outbox o where o.due_at is not null order by o.tenant_id limit 1)
        union all
        select (select o.tenant_id from report_mail_outbox o
                where o.due_at is not null and o.tenant_id > t.id order by o.tenant_id limit 1)
        from tenant t where t.id is not null
    ), due as (
        select head.id, coalesce((
            select holds_right(j.requested_with, j.requested_by, j.tenant_id, 'export:reports')
            from report_export_jobs j where j.id = head.job_id), true) as may_be_sent
        from tenant t
        cross join lateral (
            select o.id, o.job_id, o.due_at from report_mail_outbox o
            where o.tenant_id = t.id and o.due_at <= clock_timestamp()
            order by o.due_at limit per_tenant for update skip locked) head
        where t.id <> all (busy)
        order by head.due_at limit at_most
    ), claimed as (
        update report_mail_outbox o
        set attempts = o.attempts + case when due.may_be_sent then 1 else 0 end,
            due_at = case when due.may_be_sent then clock_timestamp() + lease end,
            last_error = case when due.may_be_sent then o.last_error
                else 'the requester may not export for the tenant any more' end
        from due where o.id = due.id
        returning o.id, o.job_id, o.tenant_id, o.event, o.recipient, o.happened_at, o.attempts, due.may_be_sent
    )
    select c.id, c.job_id, c.tenant_id, c.event, c.recipient, c.happened_at, c.attempts, (
        select current_access(j.requested_with, j.requested_by, j.tenant_id, j.access)
        from report_export_jobs j where j.id = c.job_id)
    from claimed c where c.may_be_sent
$$;

CREATE FUNCTION claim_webhooks(at_most integer, per_tenant integer, busy text[], lease interval) RETURNS TABLE(id uuid, job_id uuid, tenant_id text, event text, happened_at timestamp with time zone, payload text, attempts integer, url text, secret text, previous_secret text, traceparent text)
    LANGUAGE sql
    AS $$
    with recursive tenant as (
        (select o.tenant_id as id from report_webhook_outbox o where o.due_at is not null order by o.tenant_id limit 1)
        union all
        select (select o.tenant_id from report_webhook_outbox o
                where o.due_at is not null and o.tenant_id > t.id order by o.tenant_id limit 1)
        from tenant t where t.id is not null
    ), due as (
        select head.id, w.url, w.secret,
            case when w.changed_at > clock_timestamp() - interval '1 day' then w.previous_secret end as previous_secret,
            coalesce((
                select holds_right(j.requested_with, j.requested_by, j.tenant_id, 'export:reports')
                from report_export_jobs j where j.id = head.job_id), true) as may_be_told,
            (select j.traceparent from report_export_jobs j where j.id = head.job_id) as traceparent
        from tenant t
        join penstock_webhooks w on w.tenant_id = t.id and w.disabled_at is null
        cross join lateral (
            select o.id, o.job_id, o.due_at from report_webhook_outbox o
            where o.tenant_id = t.id and o.due_at <= clock_timestamp()
            order by o.due_at limit per_tenant for update skip locked) head
        where t.id <> all (busy)
        order by head.due_at limit at_most
    ), claimed as (
        update report_webhook_outbox o
        set attempts = o.attempts + case when due.may_be_told then 1 else 0 end,
            due_at = case when due.may_be_told then clock_timestamp() + lease end,
            last_error = case when due.may_be_told then o.last_error
                else 'the requester may not export for the tenant any more' end
        from due where o.id = due.id
        returning o.id, o.job_id, o.tenant_id, o.event, o.happened_at, o.payload, o.attempts, due.url, due.secret,
            due.previous_secret, due.may_be_told, due.traceparent
    )
    select c.id, c.job_id, c.tenant_id, c.event, c.happened_at, c.payload, c.attempts, c.url, c.secret,
        c.previous_secret, c.traceparent
    from claimed c where c.may_be_told
$$;

CREATE FUNCTION clear_limits(tenant text, who text, told text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    delete from penstock_tenant_limits where tenant_id = tenant;
    if not found then return false; end if;
    perform record_download(tenant, null, who, 'command', 'limits_cleared', 200, null, told, null, null);
    return true;
end $$;

CREATE FUNCTION count_block() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_sort TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    was text := case when tg_op <> 'INSERT' then old.state end;
    becomes text := case when tg_op <> 'DELETE' then new.state end;
    was_removed boolean := tg_op <> 'INSERT' and old.removed_at is not null;
    is_removed boolean := tg_op <> 'DELETE' and new.removed_at is not null;
    job report_export_jobs;
    -- Where its block begins.
    start_at timestamptz := '-infinity';
    start_serial bigint := 0;
    block record;
    place tid;
    moved tid;
begin
    if was = becomes and was_removed = is_removed then
        return null;
    end if;
    if tg_op = 'DELETE' then
        job := old;
        perform pg_advisory_xact_lock(lock_number('changes'), hashtext(job.tenant_id));
    else
        job := new;
    end if;
    select b.first_at as at, b.first_serial as serial into block from report_export_blocks b
    where b.tenant_id = job.tenant_id and (b.first_at, b.first_serial) <= (job.requested_at, job.serial)
    order by b.first_at desc, b.first_serial desc limit 1;
    if found then
        start_at := block.at;
        start_serial := block.serial;
    end if;
    if tg_op = 'INSERT' and (
            select t.block_jobs from report_export_tenants t
            where t.tenant_id = job.tenant_id order by t.version desc limit 1) >= 4000
        and not exists (
            select from report_export_jobs j
            where j.tenant_id = job.tenant_id and (j.requested_at, j.serial) > (job.requested_at, job.serial)) then
        start_at := job.requested_at;
        start_serial := job.serial;
    end if;
    select b.ctid into place from report_export_blocks b
    where b.tenant_id = job.tenant_id and b.first_at = start_at and b.first_serial = start_serial
      and b.module = job.module and b.catalog = job.catalog
    order by b.version desc limit 1;
    if not found then
        insert into report_export_blocks as b (tenant_id, first_at, first_serial, module, catalog)
        values (job.tenant_id, start_at, start_serial, job.module, job.catalog)
        returning b.ctid into place;
    end if;
    update report_export_blocks b
    set pending = b.pending
            + (becomes is not distinct from 'pending')::integer - (was is not distinct from 'pending')::integer,
        processing = b.processing
            + (becomes is not distinct from 'processing')::integer - (was is not distinct from 'processing')::integer,
        ready = b.ready + (becomes is not distinct from 'ready')::integer - (was is not distinct from 'ready')::integer,
        failed = b.failed
            + (becomes is not distinct from 'failed')::integer - (was is not distinct from 'failed')::integer,
        cancelled = b.cancelled
            + (becomes is not distinct from 'cancelled')::integer - (was is not distinct from 'cancelled')::integer,
        expired = b.expired
            + (becomes is not distinct from 'expired')::integer - (was is not distinct from 'expired')::integer,
        other = b.other
            + coalesce(becomes not in ('pending', 'processing', 'ready', 'failed', 'cancelled', 'expired'), false)::integer
            - coalesce(was not in ('pending', 'processing', 'ready', 'failed', 'cancelled', 'expired'), false)::integer,
        removed_failed = b.removed_failed
            + (is_removed and becomes = 'failed')::integer - (was_removed and was = 'failed')::integer,
        removed_cancelled = b.removed_cancelled
            + (is_removed and becomes = 'cancelled')::integer - (was_removed and was = 'cancelled')::integer,
        removed_expired = b.removed_expired
            + (is_removed and becomes = 'expired')::integer - (was_removed and was = 'expired')::integer,
        removed_other = b.removed_other
            + (is_removed and becomes not in ('failed', 'cancelled', 'expired'))::integer
            - (was_removed and was not in ('failed', 'cancelled', 'expired'))::integer
    where b.ctid = place
    returning b.ctid into moved;
    -- The page of a tid is the first number of its text.
    if (moved::text::point)[0] <> (place::text::point)[0] then
        update report_export_blocks b set version = b.version + 1 where b.ctid = moved returning b.ctid into moved;
    end if;
    if tg_op = 'DELETE' then
        delete from report_export_blocks b where b.ctid = moved and b.jobs = 0;
    end if;
    return null;
end $$;

CREATE FUNCTION count_blocks(tenant text, only_module text, only_catalog text, only_states text[], only_removed boolean DEFAULT NULL::boolean) RETURNS TABLE(first_at timestamp with time zone, first_serial bigint, jobs bigint)
    LANGUAGE sql STABLE
    AS $$
    select b.first_at, b.first_serial, sum(
        case when only_removed then 0 when only_states is null then b.jobs
            else case when 'pending' = any (only_states) then b.pending else 0 end
                + case when 'processing' = any (only_states) then b.processing else 0 end
                + case when 'ready' = any (only_states) then b.ready else 0 end
                + case when 'failed' = any (only_states) then b.failed else 0 end
                + case when 'cancelled' = any (only_states) then b.cancelled else 0 end
                + case when 'expired' = any (only_states) then b.expired else 0 end end
        + case when only_removed then 1 when only_removed is null then 0 else -1 end
            * case when only_states is null then b.removed
                else case when 'failed' = any (only_states) then b.removed_failed else 0 end
                    + case when 'cancelled' = any (only_states) then b.removed_cancelled else 0 end
                    + case when 'expired' = any (only_states) then b.removed_expired else 0 end end)
    from report_export_blocks b
    where b.tenant_id = tenant
      and (only_module is null or b.module = only_module) and (only_catalog is null or b.catalog = only_catalog)
    group by b.first_at, b.first_serial
$$;

CREATE FUNCTION count_jobs(tenant text, only_module text, only_catalog text, only_state text, at_most bigint DEFAULT NULL::bigint, only_removed boolean DEFAULT NULL::boolean) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    select least(coalesce(sum(jobs), 0), at_most)::bigint from count_blocks(
        tenant, only_module, only_catalog, case when only_state is not null then array[only_state] end, only_removed)
$$;

CREATE FUNCTION count_newer(tenant text, requester text, states text[], only_format text, moment timestamp with time zone) RETURNS TABLE(jobs bigint)
    LANGUAGE sql STABLE
    AS $$
    select coalesce(sum(b.jobs) filter (where b.first_at >= moment), 0)::bigint + coalesce((
        select count(*)
        from (
            select c.first_at, c.first_serial from record_blocks(tenant, requester, states, only_format) c
            where c.first_at < moment order by c.first_at desc, c.first_serial desc limit 1) cut
        left join lateral (
            select n.first_at, n.first_serial from report_export_blocks n
            where requester is null and n.tenant_id = tenant
              and (n.first_at, n.first_serial) > (cut.first_at, cut.first_serial)
            order by n.first_at, n.first_serial limit 1) next on true
        left join lateral (
            select n.first_at, n.first_serial from report_export_counts n
            where requester is not null and n.tenant_id = tenant and n.field = 'requester' and n.value = requester
              and (n.first_at, n.first_serial) > (cut.first_at, cut.first_serial)
            order by n.first_at, n.first_serial limit 1) own on true
        join report_export_jobs i on i.tenant_id = tenant
          and (requester is null or i.requested_by = requester)
          and (states is null or i.state = any (states)) and (only_format is null or i.format = only_format)
          and i.requested_at >= moment
          and (i.requested_at, i.serial) < (
              coalesce(own.first_at, next.first_at, 'infinity'), coalesce(own.first_serial, next.first_serial, 0))), 0)
    from record_blocks(tenant, requester, states, only_format) b
$$;

CREATE FUNCTION count_parts(job uuid, token uuid, counts bigint[]) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    current_epoch integer;
begin
    update report_export_jobs j set progress_total = (select sum(n)::bigint from unnest(counts) n)
    where j.id = job and j.claim_token = token
    returning j.epoch into current_epoch;
    if not found then
        return false;
    end if;
    update report_export_parts p set row_count = c.rows, first_row = c.first_row
    from (
        select rows, number, (sum(rows) over (order by number) - rows)::bigint as first_row
        from unnest(counts) with ordinality as u (rows, number)) c
    where p.job_id = job and p.epoch = current_epoch and p.number = c.number;
    return true;
end $$;

CREATE FUNCTION count_presets(tenant text, subject text, only_module text, only_catalog text) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    select count(*) from report_export_presets p
    where p.tenant_id = tenant and (p.shared or p.created_by = subject)
      and (only_module is null or p.module = only_module)
      and (only_catalog is null or p.catalog = only_catalog)
$$;

CREATE FUNCTION count_records(tenant text, requester text, states text[], only_format text, created_from timestamp with time zone, created_before timestamp with time zone, fields text[], lows bigint[], highs bigint[], at_most bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    select count(*) from (
        select from report_export_jobs
        where tenant_id = tenant
          and (requester is null or requested_by = requester)
          and (states is null or state = any (states))
          and (only_format is null or format = only_format)
          and requested_at >= coalesce(created_from, '-infinity')
          and requested_at < coalesce(created_before, 'infinity')
          and (fields = '{}' or not exists (
              select from unnest(fields, lows, highs) as f (field, low, high)
              where case f.field
                        when 'time' then (extract(epoch from (requested_at at time zone 'UTC')::time) * 1000000)::bigint
                        else floor(date_part(f.field, requested_at at time zone 'UTC'))::bigint end
                    not between f.low and f.high))
        limit at_most) counted
$$;

CREATE FUNCTION count_reexports(tenant text, only_states text[], only_report uuid, at_most bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    select count(*) from (
        select from report_export_jobs
        where tenant_id = tenant and reexport_of is not null
          and (only_states is null or state = any (only_states))
          and (only_report is null or reexport_of = only_report)
        limit at_most) counted
$$;

CREATE FUNCTION count_reports(tenant text, created_from timestamp with time zone, created_before timestamp with time zone, only_source text, only_interval text, at_most bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    select count(*) from (
        select from report_export_jobs j
        where tenant_id = tenant and state = 'ready' and expires_at > clock_timestamp()
          and requested_at >= coalesce(created_from, '-infinity')
          and requested_at < coalesce(created_before, 'infinity')
          and (only_source is null or j.source = only_source)
          and (only_interval is null or j.interval = only_interval)
        limit at_most) counted
$$;

CREATE FUNCTION count_schedules(tenant text, only_module text, only_catalog text) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    select count(*) from report_export_schedules
    where tenant_id = tenant
      and (only_module is null or module = only_module)
      and (only_catalog is null or catalog = only_catalog)
$$;

CREATE FUNCTION count_values() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_sort TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    job report_export_jobs;
    counted record;
    -- Where the block begins, its row and what it says.
    start_at timestamptz;
    start_serial bigint;
    block record;
    place tid;
    so_far integer;
    moved tid;
begin
    job := case when tg_op = 'DELETE' then old else new end;
    for counted in select * from (values ('requester', job.requested_by), ('format', job.format)) f (field, value) loop
        -- The newest of its own blocks that is not after the job: there the job is counted, when it goes.
        select c.first_at, c.first_serial, c.ctid, c.jobs into start_at, start_serial, place, so_far
        from report_export_counts c
        where c.tenant_id = job.tenant_id and c.field = counted.field and c.value = counted.value
          and (c.first_at, c.first_serial) <= (job.requested_at, job.serial)
        order by c.first_at desc, c.first_serial desc, c.version desc limit 1;
        if tg_op = 'INSERT' and counted.field = 'requester' then
            if so_far >= 2000 and not exists (
                    select from report_export_jobs j
                    where j.tenant_id = job.tenant_id and j.requested_by = job.requested_by
                      and (j.requested_at, j.serial) > (job.requested_at, job.serial)) then
                start_at := job.requested_at;
                start_serial := job.serial;
                place := null;
            end if;
        elsif tg_op = 'INSERT' then
            select b.first_at as at, b.first_serial as serial into block from report_export_blocks b
            where b.tenant_id = job.tenant_id and (b.first_at, b.first_serial) <= (job.requested_at, job.serial)
            order by b.first_at desc, b.first_serial desc limit 1;
            if (block.at, block.serial) is distinct from (start_at, start_serial) then
                start_at := block.at;
                start_serial := block.serial;
                place := null;
            end if;
        end if;
        if place is null then
            insert into report_export_counts as c (tenant_id, field, value, first_at, first_serial)
            values (job.tenant_id, counted.field, counted.value, coalesce(start_at, '-infinity'), coalesce(start_serial, 0))
            returning c.ctid into place;
        end if;
        update report_export_counts c set jobs = c.jobs + case when tg_op = 'DELETE' then -1 else 1 end
        where c.ctid = place
        returning c.ctid into moved;
        -- The page of a tid is the first number of its text.
        if (moved::text::point)[0] <> (place::text::point)[0] then
            update report_export_counts c set version = c.version + 1 where c.ctid = moved returning c.ctid into moved;
        end if;
        if tg_op = 'DELETE' then
            delete from report_export_counts c where c.ctid = moved and c.jobs = 0;
        end if;
    end loop;
    return null;
end $$;

CREATE FUNCTION create_job(job_id uuid, tenant text, job_module text, job_catalog text, job_category text, job_format text, job_language text, subject text, job_request jsonb, hash bytea, key text, gateway_request_id text, queued_limit integer, attempts_limit integer, stored_limit bigint DEFAULT NULL::bigint, wants_notice boolean DEFAULT false, job_source text DEFAULT 'manual'::text, job_interval text DEFAULT NULL::text, job_schedule uuid DEFAULT NULL::uuid, job_due timestamp with time zone DEFAULT NULL::timestamp with time zone, keys_name text DEFAULT NULL::text, keys_count integer DEFAULT NULL::integer, keys_digest bytea DEFAULT NULL::bytea, equal_hash bytea DEFAULT NULL::bytea, equal_for interval DEFAULT NULL::interval, report uuid DEFAULT NULL::uuid, report_params json DEFAULT NULL::json, report_zone text DEFAULT NULL::text, report_day date DEFAULT NULL::date, kept_path text DEFAULT NULL::text, kept_digest bytea DEFAULT NULL::bytea, keys_bytes bigint DEFAULT NULL::bigint, asked_with text DEFAULT NULL::text, caller_access jsonb DEFAULT NULL::jsonb, trace text DEFAULT NULL::text) RETURNS TABLE(outcome text, job report_export_jobs)
    LANGUAGE plpgsql
    AS $_$
begin
    perform pg_advisory_xact_lock(lock_number('tenant'), hashtext(tenant));
    select j.* into job from report_export_jobs j where j.tenant_id = tenant and j.idempotency_key = key;
    if not found then
        select j.* into job from report_export_jobs j where j.tenant_id = tenant and j.request_id = gateway_request_id;
    end if;
    if found then
        outcome := case when job.request_hash = hash then 'replayed' else 'conflict' end;
        return next;
        return;
    end if;
    select j.* into job from report_export_jobs j where j.schedule_id = job_schedule and j.schedule_due_at = job_due;
    if found then
        outcome := 'replayed';
        return next;
        return;
    end if;
    select j.* into job from report_export_jobs j
        where j.tenant_id = tenant and j.requested_by = subject and j.dedupe_hash = equal_hash
          and (is_open(j.state)
               or (j.state = 'ready' and j.expires_at > clock_timestamp()
                   and j.requested_at > clock_timestamp() - equal_for))
        order by j.requested_at desc limit 1;
    if found then
        outcome := 'equal';
        return next;
        return;
    end if;
    if (select t.open from report_export_tenants t where t.tenant_id = tenant order by t.version desc limit 1)
        >= greatest(queued_limit, (
            select l.queued from penstock_tenant_limits l
            where l.tenant_id = tenant and l.until > clock_timestamp())) then
        outcome := 'queue_full';
        return next;
        return;
    end if;
    if stored_limit is not null and (
            select coalesce(sum(j.file_size_bytes), 0) from report_export_jobs j where j.tenant_id = tenant
                and (j.state = 'ready' or (j.state = 'expired' and j.file_deleted_at is null)))
        + (select coalesce(sum(j.rows_size), 0) from report_export_jobs j where j.tenant_id = tenant
            and j.rows_path is not null and j.rows_deleted_at is null)
        + (select coalesce(sum(j.filter_bytes), 0) from report_export_jobs j where j.tenant_id = tenant
            and j.filter_sha256 is not null and holds_filter(j.state))
        + coalesce(keys_bytes, 0) >= stored_limit then
        outcome := 'storage_full';
        return next;
        return;
    end if;
    if report is not null and (
            not exists (select from report_export_jobs j where j.id = report and j.tenant_id = tenant)
            or (kept_path is not null and not exists (
                select from report_export_jobs j
                where j.tenant_id = tenant and j.rows_path = kept_path and j.rows_deleted_at is null
                  and j.rows_expire_at > clock_timestamp()
                  and j.id = substring(kept_path from '([0-9a-f-]{36})\.[0-9]+(?:-[0-9a-f]+)?\.rows\.gz$')::uuid))) then
        outcome := 'report_gone';
        return next;
        return;
    end if;
    insert into report_export_jobs as j
        (id, tenant_id, module, catalog, category, format, language, requested_by, request, request_hash,
         idempotency_key, request_id, max_attempts, notify, source, interval, schedule_id, schedule_due_at,
         filter_file, filter_keys, filter_sha256, filter_bytes, dedupe_hash,
         reexport_of, reexport_params, reexport_zone, reexport_day, reexport_rows_path, reexport_rows_sha256,
         requested_with, access, traceparent, requires)
    values
        (job_id, tenant, job_module, job_catalog, job_category, job_format, job_language, subject, job_request, hash,
         key, gateway_request_id, attempts_limit, wants_notice, job_source, job_interval, job_schedule, job_due,
         keys_name, keys_count, keys_digest, keys_bytes, equal_hash,
         report, report_params, report_zone, report_day, kept_path, kept_digest, asked_with, caller_access,
         trace,
         -- Version 2 knows labels in place of values, version 3 that callers see a catalog differently, version 4
         -- headings in place of labels, version 5 deliveries.
         case when job_request ? 'deliver' then 5 when job_request ? 'headings' then 4 when caller_access is not null then 3 when job_request ? 'values' then 2 else 1 end)
    returning j.* into job;
    outcome := 'created';
    return next;
end $_$;

CREATE FUNCTION create_preset(preset_id uuid, tenant text, title text, for_all boolean, of_module text, of_catalog text, wanted json, subject text, gateway_request_id text, caller_most integer, tenant_most integer) RETURNS TABLE(id uuid, outcome text)
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_advisory_xact_lock(lock_number('tenant'), hashtext(tenant));
    id := preset_id;
    select p.id, 'replayed' into id, outcome from report_export_presets p
        where p.tenant_id = tenant and p.request_id = gateway_request_id;
    if found then
        return next;
        return;
    end if;
    id := preset_id;
    outcome := case
        when (select count(*) from report_export_presets p
              where p.tenant_id = tenant and p.created_by = subject) >= caller_most then 'caller_full'
        when (select count(*) from report_export_presets p where p.tenant_id = tenant) >= tenant_most
            then 'tenant_full'
        else 'created' end;
    if outcome = 'created' then
        insert into report_export_presets
            (id, tenant_id, name, shared, module, catalog, request, created_by, request_id)
        values (preset_id, tenant, title, for_all, of_module, of_catalog, wanted, subject, gateway_request_id);
    end if;
    return next;
end $$;

CREATE FUNCTION create_schedule(schedule_id uuid, tenant text, title text, wants_notice boolean, of_module text, of_catalog text, wanted json, labels text, every text, at_minute integer, on_weekday integer, in_month integer, on_day integer, zone text, subject text, gateway_request_id text, due timestamp with time zone, at_most integer, owned_with text DEFAULT NULL::text, caller_access jsonb DEFAULT NULL::jsonb) RETURNS TABLE(id uuid, outcome text)
    LANGUAGE plpgsql
    AS $$
declare
    existing uuid;
begin
    perform pg_advisory_xact_lock(lock_number('tenant'), hashtext(tenant));
    select s.id into existing from report_export_schedules s
        where s.tenant_id = tenant and s.request_id = gateway_request_id;
    if found then
        return query select existing, 'replayed'::text;
        return;
    end if;
    if (select count(*) from report_export_schedules s where s.tenant_id = tenant) >= at_most then
        return query select schedule_id, 'quota_exceeded'::text;
        return;
    end if;
    insert into report_export_schedules
        (id, tenant_id, name, notify, module, catalog, request, language, interval, minute, weekday, month, month_day,
         time_zone, created_by, created_with, access, request_id, next_due_at, fire_at)
    values
        (schedule_id, tenant, title, wants_notice, of_module, of_catalog, wanted, labels, every, at_minute, on_weekday,
         in_month, on_day, zone, subject, owned_with, caller_access, gateway_request_id, due, due);
    perform pg_notify('penstock_schedules', '');
    return query select schedule_id, 'created'::text;
end $$;

CREATE FUNCTION current_access(kind text, subject text, tenant text, kept jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
    select case kind
        when 'basic' then (
            select case when u.superuser then jsonb_build_object('superuser', true)
                else jsonb_build_object(
                    'permissions', to_jsonb(u.permissions),
                    'claims', u.claims || jsonb_build_object('sub', jsonb_build_array(u.name))) end
            from penstock_users u where u.name = subject and not u.disabled)
        when 'apiKey' then (
            with recursive key as (
                select k.prefix, k.tenant_id, k.permissions, k.claims, k.revoked_at, k.expires_at, k.replaced_by
                from penstock_api_keys k where 'api-key:' || k.prefix = subject and k.prefix = substr(subject, 9)
                union
                select n.prefix, n.tenant_id, n.permissions, n.claims, n.revoked_at, n.expires_at, n.replaced_by
                from key k join penstock_api_keys n on n.prefix = k.replaced_by where k.revoked_at is null)
            select jsonb_build_object(
                'permissions', to_jsonb(k.permissions),
                'claims', k.claims || jsonb_build_object('sub', jsonb_build_array(subject)))
            from key k
            where k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
              and k.tenant_id = tenant
            order by k.expires_at desc nulls first limit 1)
        else kept end
$$;

CREATE FUNCTION deletable_files(grace interval, after_time timestamp with time zone DEFAULT NULL::timestamp with time zone, after_id uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, stored_path text, expires_at timestamp with time zone)
    LANGUAGE sql STABLE
    AS $$
    select j.id, j.stored_path, j.expires_at from report_export_jobs j
    where j.state = 'expired' and j.file_deleted_at is null and j.expires_at <= clock_timestamp() - grace
      and (j.expires_at, j.id)
        > (coalesce(after_time, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
    order by j.expires_at, j.id limit 500
$$;

CREATE FUNCTION deletable_rows(grace interval, after_time timestamp with time zone DEFAULT NULL::timestamp with time zone, after_id uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, rows_path text, rows_expire_at timestamp with time zone)
    LANGUAGE sql STABLE
    AS $$
    select j.id, j.rows_path, j.rows_expire_at from report_export_jobs j
    where j.rows_path is not null and j.rows_deleted_at is null and j.rows_expire_at <= clock_timestamp() - grace
      and (j.rows_expire_at, j.id)
        > (coalesce(after_time, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
      and not exists (
        select from report_export_jobs r
        where r.reexport_rows_path = j.rows_path and is_open(r.state))
    order by j.rows_expire_at, j.id limit 500
$$;

CREATE FUNCTION drain_host(name text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    if not exists (select from list_hosts() h where h.host = name) then return false; end if;
    insert into penstock_drains (host) values (name) on conflict (host) do nothing;
    return true;
end $$;

CREATE FUNCTION due_schedule() RETURNS TABLE(schedule report_export_schedules, now timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
begin
    now := schedule_clock();
    select s.* into schedule from report_export_schedules s
        where s.fire_at <= now order by s.fire_at limit 1 for update skip locked;
    if found then return next; end if;
end $$;

CREATE FUNCTION end_lease(worker bigint) RETURNS void
    LANGUAGE sql
    AS $$
    update penstock_dispatchers set alive_until = '-infinity' where worker_id = worker
$$;

CREATE FUNCTION ended_by_request(tenant text, job_id uuid, to_state text, gateway_request_id text) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_jobs j
    where j.tenant_id = tenant and j.id = job_id and j.state = to_state and j.ended_by_request = gateway_request_id
$$;

CREATE FUNCTION expire_jobs() RETURNS SETOF uuid
    LANGUAGE plpgsql
    AS $$
declare
    due uuid[];
    tenants text[];
begin
    select array_agg(j.id), array_agg(j.tenant_id) into due, tenants from (
        select id, tenant_id from report_export_jobs where state = 'ready' and expires_at <= clock_timestamp()
        order by expires_at limit 500 for update skip locked) j;
    perform lock_changes(tenants);
    return query update report_export_jobs set state = 'expired' where id = any (due) returning id;
end $$;

CREATE FUNCTION fail_job(job_id uuid, token uuid, code text, summary text, state_code text, detail text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    schedule uuid;
begin
    update report_export_jobs
    set state = 'failed', claim_token = null, worker_id = null, completed_at = clock_timestamp(),
        error_code = code, error_summary = left(summary, 1000),
        attempt_error_code = code, attempt_error_summary = left(summary, 1000), attempt_sqlstate = state_code,
        attempt_error_detail = left(detail, 4000)
    where id = job_id and claim_token = token
    returning schedule_id into schedule;
    if not found then
        return false;
    end if;
    perform tell_schedule(schedule, job_id, code, summary);
    return true;
end $$;

CREATE FUNCTION filter_source(tenant text, digest bytea) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_jobs
    where tenant_id = tenant and filter_sha256 = digest and holds_filter(state)
    order by id desc limit 1
$$;

CREATE FUNCTION find_downloads(tenant text, job uuid, who text, result text, since timestamp with time zone, until timestamp with time zone, page_limit integer, page_offset bigint) RETURNS TABLE(at timestamp with time zone, tenant_id text, job_id uuid, subject text, via text, outcome text, status integer, remote_addr text, user_agent text, range text, request_id text, sent_method text, sent_status integer, sent_bytes bigint, sent_ms bigint, sent_completed boolean)
    LANGUAGE sql STABLE
    AS $$
    select a.at, a.tenant_id, a.job_id, a.subject, a.via, a.outcome, a.status, a.remote_addr, a.user_agent, a.range,
        a.request_id, t.method, t.status, t.bytes_sent, t.duration_ms, t.completed
    from (
        select * from report_download_audit d
        where d.tenant_id = tenant and (job is null or d.job_id = job) and (who is null or d.subject = who)
          and (result is null or d.outcome = result) and (since is null or d.at >= since)
          and (until is null or d.at < until)
        order by d.id desc limit page_limit offset page_offset
    ) a
    left join report_download_transfers t on t.request_id = a.request_id and a.outcome = 'granted'
    order by a.id desc
$$;

ALTER TABLE report_export_jobs ALTER COLUMN serial ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME report_export_jobs_serial_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE report_export_parts (
    serial bigint DEFAULT nextval('report_export_jobs_serial_seq'::regclass) NOT NULL,
    job_id uuid NOT NULL,
    epoch integer NOT NULL,
    number integer NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    first_key text,
    end_key text,
    first_row bigint,
    row_count bigint,
    stored_path text,
    file_size_bytes bigint,
    sha256 bytea,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    CONSTRAINT part_completed_when_ready CHECK (((state = 'ready'::text) = (completed_at IS NOT NULL))),
    CONSTRAINT part_counted_when_ready CHECK (((state <> 'ready'::text) OR (row_count IS NOT NULL))),
    CONSTRAINT part_file_when_ready CHECK (((num_nulls(stored_path, file_size_bytes, sha256) = ANY (ARRAY[0, 3])) AND ((stored_path IS NULL) OR (state = 'ready'::text)))),
    CONSTRAINT part_number_positive CHECK ((number > 0)),
    CONSTRAINT part_rows_not_negative CHECK (((first_row >= 0) AND (row_count >= 0))),
    CONSTRAINT part_sha256_length CHECK ((length(sha256) = 32)),
    CONSTRAINT part_started_when_begun CHECK (((state = 'pending'::text) = (started_at IS NULL))),
    CONSTRAINT part_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'processing'::text, 'ready'::text])))
)
WITH (fillfactor='70');

CREATE VIEW visible_parts AS
 SELECT p.serial,
    p.job_id,
    p.epoch,
    p.number,
        CASE
            WHEN ((j.state = 'processing'::text) OR (p.state = 'ready'::text)) THEN p.state
            ELSE j.state
        END AS state,
    p.first_key,
    p.end_key,
    p.first_row,
    p.row_count,
        CASE
            WHEN (j.state = 'processing'::text) THEN p.stored_path
            ELSE NULL::text
        END AS stored_path,
    p.file_size_bytes,
    p.sha256,
    p.created_at,
    p.started_at,
    p.completed_at,
    j.tenant_id
   FROM (report_export_parts p
     JOIN report_export_jobs j ON (((j.id = p.job_id) AND (j.epoch = p.epoch))))
  WHERE (j.state <> 'pending'::text);

CREATE FUNCTION find_part(tenant text, part_serial bigint) RETURNS SETOF visible_parts
    LANGUAGE sql STABLE
    AS $$
    select * from visible_parts where serial = part_serial and tenant_id = tenant
$$;

CREATE FUNCTION find_published_job(job_id uuid) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_jobs where id = job_id
$$;

CREATE FUNCTION finish_job(job_id uuid, token uuid, name text, path text, size bigint, rows bigint, digest bytea, receipt json, keep interval) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    update report_export_jobs
    set state = 'ready', claim_token = null, worker_id = null, completed_at = clock_timestamp(),
        file_name = name, stored_path = path, file_size_bytes = size, row_count = rows, sha256 = digest,
        metadata = receipt, expires_at = clock_timestamp() + keep, progress_total = rows, progress_done = rows
    where id = job_id and claim_token = token;
    return found;
end $$;

CREATE FUNCTION finish_part(job uuid, token uuid, part integer, rows bigint, path text, size bigint, digest bytea) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    current_epoch integer;
begin
    select j.epoch into current_epoch from report_export_jobs j
    where j.id = job and j.claim_token = token for no key update;
    if not found then
        return false;
    end if;
    update report_export_parts p
    set state = 'ready', row_count = rows, stored_path = path, file_size_bytes = size, sha256 = digest,
        started_at = coalesce(p.started_at, p.created_at), completed_at = clock_timestamp()
    where p.job_id = job and p.epoch = current_epoch and p.number = part and p.state <> 'ready';
    if found then
        update report_export_jobs set parts_ready = parts_ready + 1 where id = job;
    end if;
    return true;
end $$;

CREATE FUNCTION fire_schedule(schedule uuid, due timestamp with time zone, next_due timestamp with time zone, retry interval, new_id uuid, job_category text, job_format text, job_request jsonb, hash bytea, queued_limit integer, attempts_limit integer, stored_limit bigint, owner_access jsonb DEFAULT NULL::jsonb) RETURNS TABLE(outcome text, job_id uuid)
    LANGUAGE plpgsql
    AS $$
begin
    select created.outcome, (created.job).id into outcome, job_id
    from report_export_schedules s, create_job(
        job_id => new_id, tenant => s.tenant_id, job_module => s.module, job_catalog => s.catalog,
        job_category => fire_schedule.job_category, job_format => fire_schedule.job_format, job_language => s.language,
        subject => s.created_by, job_request => fire_schedule.job_request, hash => fire_schedule.hash, key => null,
        gateway_request_id => null, queued_limit => fire_schedule.queued_limit,
        attempts_limit => fire_schedule.attempts_limit, stored_limit => fire_schedule.stored_limit,
        wants_notice => s.notify, job_source => 'auto', job_interval => s.interval, job_schedule => s.id,
        job_due => due, asked_with => s.created_with, caller_access => owner_access) created
    where s.id = schedule;
    if outcome in ('created', 'replayed') then
        update report_export_schedules
        set next_due_at = next_due, fire_at = next_due, last_due_at = due, last_job_id = fire_schedule.job_id,
            error_code = null, error_message = null, error_at = null
        where id = schedule;
    else
        update report_export_schedules
        set fire_at = schedule_clock() + retry, error_code = 'quota_exceeded', error_at = schedule_clock(),
            error_message = 'The tenant''s limits leave no room for the export; it is tried again'
        where id = schedule;
    end if;
    return next;
end $$;

CREATE FUNCTION fleet_workers() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    select coalesce(sum(d.workers), 0) from penstock_dispatchers d
    where d.alive_until > clock_timestamp() and not exists (select from penstock_drains n where n.host = d.host)
$$;

CREATE FUNCTION get_job(tenant text, job_id uuid) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_jobs where id = job_id and tenant_id = tenant
$$;

CREATE FUNCTION get_job_by_serial(tenant text, job_serial bigint) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_jobs where serial = job_serial and tenant_id = tenant
$$;

CREATE FUNCTION get_preset(tenant text, preset uuid, subject text, locking boolean DEFAULT false) RETURNS SETOF report_export_presets
    LANGUAGE plpgsql
    AS $$
begin
    if locking then
        return query select * from report_export_presets p
            where p.id = preset and p.tenant_id = tenant and (p.shared or p.created_by = subject) for update;
    else
        return query select * from report_export_presets p
            where p.id = preset and p.tenant_id = tenant and (p.shared or p.created_by = subject);
    end if;
end $$;

CREATE FUNCTION get_schedule(tenant text, schedule uuid, locking boolean) RETURNS SETOF report_export_schedules
    LANGUAGE plpgsql
    AS $$
begin
    if locking then
        return query select * from report_export_schedules s where s.id = schedule and s.tenant_id = tenant for update;
    else
        return query select * from report_export_schedules s where s.id = schedule and s.tenant_id = tenant;
    end if;
end $$;

CREATE FUNCTION grant_roles(role_name text DEFAULT NULL::text, part text DEFAULT NULL::text) RETURNS SETOF text
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hold_jobs(pause interval, code text, summary text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    due uuid[];
    tenants text[];
begin
    select array_agg(j.id), array_agg(j.tenant_id) into due, tenants from (
        select id, tenant_id from report_export_jobs where state = 'pending' and run_after <= clock_timestamp()
        order by run_after, id limit 500 for update skip locked) j;
    perform lock_changes(tenants);
    update report_export_jobs
    set run_after = clock_timestamp() + pause, waits = greatest(waits, 1), attempt_error_code = code,
        attempt_error_summary = left(summary, 1000), attempt_sqlstate = null, attempt_error_detail = null
    where id = any (due);
    return coalesce(cardinality(due), 0);
end $$;

CREATE FUNCTION holds_filter(state text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (state = ANY (ARRAY['pending'::text, 'processing'::text, 'ready'::text]));

CREATE FUNCTION holds_right(kind text, subject text, tenant text, permission text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    select case kind
        when 'basic' then exists (
            select from penstock_users u
            where u.name = subject and not u.disabled
              and (tenant = any (u.tenants) or (u.superuser and '*' = any (u.tenants)))
              and (u.superuser or permission = any (u.permissions)))
        when 'apiKey' then exists (
            with recursive key as (
                select k.prefix, k.tenant_id, k.permissions, k.revoked_at, k.expires_at, k.replaced_by
                from penstock_api_keys k where 'api-key:' || k.prefix = subject and k.prefix = substr(subject, 9)
                union
                select n.prefix, n.tenant_id, n.permissions, n.revoked_at, n.expires_at, n.replaced_by
                from key k join penstock_api_keys n on n.prefix = k.replaced_by where k.revoked_at is null)
            select from key k
            where k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
              and k.tenant_id = tenant and permission = any (k.permissions))
        else true end
$$;

CREATE FUNCTION is_open(state text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (state = ANY (ARRAY['pending'::text, 'processing'::text]));

CREATE FUNCTION job_states() RETURNS TABLE(state text, is_open boolean, holds_file boolean, may_hold_rows boolean, holds_filter boolean)
    LANGUAGE sql IMMUTABLE
    AS $$
    values
        ('pending',    true,  false, false, true),
        ('processing', true,  false, false, true),
        ('ready',      false, true,  true,  true),
        ('failed',     false, false, true,  false),
        ('cancelled',  false, false, false, false),
        ('expired',    false, true,  true,  false)
$$;

CREATE FUNCTION job_version(tenant text, job_id uuid) RETURNS TABLE(writer xid, place tid)
    LANGUAGE sql STABLE
    AS $$
    select xmin, ctid from report_export_jobs where id = job_id and tenant_id = tenant
$$;

CREATE FUNCTION keep_payload(message uuid, body text) RETURNS text
    LANGUAGE sql
    AS $$
    update report_webhook_outbox set payload = coalesce(payload, body) where id = message returning payload
$$;

CREATE FUNCTION keep_rows(job_id uuid, made text, path text, size bigint, digest bytea, keep interval) RETURNS void
    LANGUAGE sql
    AS $$
    update report_export_jobs
    set rows_path = path, rows_size = size, rows_sha256 = digest, rows_expire_at = completed_at + keep
    where id = job_id and state = 'ready' and stored_path = made
$$;

CREATE FUNCTION latest_change(tenant text) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    select coalesce(max(change_number), 0) from report_export_jobs where tenant_id = tenant
$$;

CREATE FUNCTION lease_length() RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select interval '20 s'
$$;

CREATE FUNCTION leave_job(job_id uuid, token uuid, delay interval) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    held boolean := release_job(job_id, token);
begin
    if held then
        update report_export_jobs set run_after = clock_timestamp() + delay where id = job_id and state = 'pending';
    end if;
    return held;
end $$;

CREATE FUNCTION link_audit() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
declare
    before record;
    content bytea;
begin
    new.chain := tg_argv[0] || coalesce('/' || new.tenant_id, '');
    perform pg_advisory_xact_lock(lock_number('audit chain'), hashtext(new.chain));
    execute format('select link, hash from %I where chain = $1 order by link desc limit 1', tg_table_name)
        into before using new.chain;
    if before.link is null then
        select c.link, c.hash into before from report_audit_checkpoints c where c.chain = new.chain;
    end if;
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
end $_$;

CREATE FUNCTION list_all_jobs(only_module text, only_catalog text, only_state text, page_limit integer) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_jobs
    where (only_module is null or module = only_module)
      and (only_catalog is null or catalog = only_catalog)
      and (only_state is null or state = only_state)
    order by id desc
    limit page_limit
$$;

CREATE VIEW shown_jobs AS
 SELECT report_export_jobs.id,
    report_export_jobs.serial,
    report_export_jobs.tenant_id,
    report_export_jobs.module,
    report_export_jobs.catalog,
    report_export_jobs.category,
    report_export_jobs.format,
    report_export_jobs.language,
    report_export_jobs.requested_by,
    report_export_jobs.state,
    report_export_jobs.run_after,
    report_export_jobs.progress_total,
    report_export_jobs.progress_done,
    report_export_jobs.file_name,
    report_export_jobs.stored_path,
    report_export_jobs.file_size_bytes,
    report_export_jobs.row_count,
    report_export_jobs.sha256,
    report_export_jobs.metadata,
    report_export_jobs.error_code,
    report_export_jobs.error_summary,
    report_export_jobs.attempt_error_code,
    report_export_jobs.attempt_error_summary,
    report_export_jobs.requested_at,
    report_export_jobs.started_at,
    report_export_jobs.completed_at,
    report_export_jobs.expires_at,
    report_export_jobs.change_number,
    report_export_jobs.changed_at,
        CASE
            WHEN (report_export_jobs.access IS NOT NULL) THEN '{}'::jsonb
            ELSE NULL::jsonb
        END AS access,
    report_export_jobs.removed_at,
    report_export_jobs.parts_total,
    report_export_jobs.parts_ready
   FROM report_export_jobs;

CREATE FUNCTION list_changes(tenant text, after bigint, page integer) RETURNS SETOF shown_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from shown_jobs where tenant_id = tenant and change_number > after order by change_number limit page
$$;

CREATE FUNCTION list_deliveries(only_tenant text, only_failed boolean, page integer) RETURNS TABLE(id uuid, job_id uuid, tenant_id text, event text, happened_at timestamp with time zone, attempts integer, due_at timestamp with time zone, delivered_at timestamp with time zone, last_status integer, last_error text)
    LANGUAGE sql STABLE
    AS $$
    select o.id, o.job_id, o.tenant_id, o.event, o.happened_at, o.attempts, o.due_at, o.delivered_at, o.last_status,
        o.last_error
    from report_webhook_outbox o
    where (only_tenant is null or o.tenant_id = only_tenant)
      and (not only_failed or (o.delivered_at is null and (o.attempts > 0 or o.due_at is null)))
    order by o.happened_at desc, o.id limit page
$$;

CREATE FUNCTION list_downloads(tenant text, job uuid, at_most integer) RETURNS TABLE(at timestamp with time zone, tenant_id text, job_id uuid, subject text, via text, outcome text, status integer, remote_addr text, user_agent text, range text, request_id text, sent_method text, sent_status integer, sent_bytes bigint, sent_ms bigint, sent_completed boolean)
    LANGUAGE sql STABLE
    AS $$
    select a.at, a.tenant_id, a.job_id, a.subject, a.via, a.outcome, a.status, a.remote_addr, a.user_agent, a.range,
        a.request_id, t.method, t.status, t.bytes_sent, t.duration_ms, t.completed
    from (
        select * from report_download_audit d
        where (tenant is null or d.tenant_id = tenant) and (job is null or d.job_id = job)
        order by d.id desc limit at_most
    ) a
    left join report_download_transfers t on t.request_id = a.request_id and a.outcome = 'granted'
    order by a.id desc
$$;

CREATE FUNCTION list_hosts() RETURNS TABLE(host text, version text, workers integer, running bigint, started_at timestamp with time zone, renewed_at timestamp with time zone, is_alive boolean, is_draining boolean, is_drained boolean)
    LANGUAGE sql STABLE
    AS $$
    select d.host, d.version, d.workers, r.count, d.started_at, l.renewed_at, d.alive_until > clock_timestamp(),
        n.host is not null, coalesce(r.count = 0 and (l.renewed_at is null or l.renewed_at > n.since), false)
    from penstock_dispatchers d
    cross join lateral (
        select count(*) from report_export_jobs j where j.worker_id = d.worker_id and j.state = 'processing') r
    cross join lateral (
        select case when d.alive_until > '-infinity' then d.alive_until - lease_length() end as renewed_at) l
    left join penstock_drains n on n.host = d.host
    where d.alive_until > clock_timestamp() - interval '1 hour' or r.count > 0
    order by d.host, d.started_at desc
$$;

CREATE FUNCTION list_jobs(tenant text, only_module text, only_catalog text, only_state text, page_limit integer, page_offset bigint, only_removed boolean DEFAULT NULL::boolean) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from page_jobs(
        tenant, only_module, only_catalog, case when only_state is not null then array[only_state] end, page_limit,
        page_offset, only_removed)
$$;

CREATE FUNCTION list_kept_rows(after uuid) RETURNS TABLE(id uuid, rows_path text, rows_size bigint)
    LANGUAGE sql STABLE
    AS $$
    select j.id, j.rows_path, j.rows_size from report_export_jobs j
    where j.rows_path is not null and j.rows_deleted_at is null
      and j.id > coalesce(after, '00000000-0000-0000-0000-000000000000')
    order by j.id limit 500
$$;

CREATE FUNCTION list_mails(only_tenant text, only_job uuid, only_failed boolean, only_id uuid, page integer) RETURNS TABLE(id uuid, job_id uuid, tenant_id text, event text, recipient text, happened_at timestamp with time zone, attempts integer, due_at timestamp with time zone, delivered_at timestamp with time zone, skipped boolean, content text, link_ends_at timestamp with time zone, last_status integer, last_error text)
    LANGUAGE sql STABLE
    AS $$
    select o.id, o.job_id, o.tenant_id, o.event, o.recipient, o.happened_at, o.attempts, o.due_at, o.delivered_at,
        o.skipped, o.content, o.link_ends_at, o.last_status, o.last_error
    from report_mail_outbox o
    where (only_tenant is null or o.tenant_id = only_tenant)
      and (only_job is null or o.job_id = only_job)
      and (only_id is null or o.id = only_id)
      and (not only_failed
           or (o.delivered_at is null and not o.skipped and (o.attempts > 0 or o.due_at is null)))
    order by o.happened_at desc, o.id limit page
$$;

CREATE FUNCTION list_neighbours(worker bigint, same_kernel text) RETURNS TABLE(worker_id bigint, process text)
    LANGUAGE sql STABLE
    AS $$
    select d.worker_id, d.process from penstock_dispatchers d
    where d.kernel = same_kernel and d.worker_id <> worker and d.alive_until > '-infinity'
$$;

CREATE FUNCTION list_newer_reports(tenant text, created_from timestamp with time zone, created_before timestamp with time zone, only_source text, only_interval text, newer_than timestamp with time zone, newer_serial bigint, page_limit integer) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_jobs j
    where tenant_id = tenant and state = 'ready' and expires_at > clock_timestamp()
      and requested_at >= coalesce(created_from, '-infinity')
      and requested_at < coalesce(created_before, 'infinity')
      and (only_source is null or j.source = only_source)
      and (only_interval is null or j.interval = only_interval)
      and (requested_at, serial) > (newer_than, newer_serial)
    order by requested_at, serial
    limit page_limit
$$;

CREATE FUNCTION list_parts(job uuid) RETURNS SETOF visible_parts
    LANGUAGE sql STABLE
    AS $$
    select * from visible_parts where job_id = job order by number
$$;

CREATE FUNCTION list_presets(tenant text, subject text, only_module text, only_catalog text, page_limit integer, page_offset bigint) RETURNS SETOF report_export_presets
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_presets p
    where p.tenant_id = tenant and (p.shared or p.created_by = subject)
      and (only_module is null or p.module = only_module)
      and (only_catalog is null or p.catalog = only_catalog)
    order by p.id desc
    limit page_limit offset page_offset
$$;

CREATE FUNCTION list_ready_parts(jobs uuid[]) RETURNS TABLE(job_id uuid, number integer)
    LANGUAGE sql STABLE
    AS $$
    select p.job_id, p.number from visible_parts p
    where p.job_id = any (jobs) and p.state = 'ready'
    order by p.job_id, p.number
$$;

CREATE FUNCTION list_recent_jobs(tenant text, requester text, page_limit integer) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_jobs
    where tenant_id = tenant and (requester is null or requested_by = requester)
    order by requested_at desc, serial desc
    limit page_limit
$$;

CREATE FUNCTION list_records(tenant text, requester text, states text[], only_format text, created_from timestamp with time zone, created_before timestamp with time zone, fields text[], lows bigint[], highs bigint[], page_limit integer, page_offset bigint) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select j.* from (
        select id, requested_at, serial from report_export_jobs
        where tenant_id = tenant
          and (requester is null or requested_by = requester)
          and (states is null or state = any (states))
          and (only_format is null or format = only_format)
          and requested_at >= coalesce(created_from, '-infinity')
          and requested_at < coalesce(created_before, 'infinity')
          and (fields = '{}' or not exists (
              select from unnest(fields, lows, highs) as f (field, low, high)
              where case f.field
                        when 'time' then (extract(epoch from (requested_at at time zone 'UTC')::time) * 1000000)::bigint
                        else floor(date_part(f.field, requested_at at time zone 'UTC'))::bigint end
                    not between f.low and f.high))
        order by requested_at desc, serial desc
        limit page_limit offset page_offset) page
    join report_export_jobs j on j.id = page.id
    order by page.requested_at desc, page.serial desc
$$;

CREATE FUNCTION list_reexports(tenant text, only_states text[], only_report uuid, page_limit integer, page_offset bigint) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select j.* from (
        select id from report_export_jobs
        where tenant_id = tenant and reexport_of is not null
          and (only_states is null or state = any (only_states))
          and (only_report is null or reexport_of = only_report)
        order by id desc
        limit page_limit offset page_offset) page
    join report_export_jobs j on j.id = page.id
    order by j.id desc
$$;

CREATE FUNCTION list_reports(tenant text, created_from timestamp with time zone, created_before timestamp with time zone, only_source text, only_interval text, older_than timestamp with time zone, older_serial bigint, page_limit integer, page_offset bigint) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select j.* from (
        select r.requested_at, r.serial from report_export_jobs r
        where r.tenant_id = tenant and r.state = 'ready' and r.expires_at > clock_timestamp()
          and r.requested_at >= coalesce(created_from, '-infinity')
          and r.requested_at < coalesce(created_before, 'infinity')
          and (only_source is null or r.source = only_source)
          and (only_interval is null or r.interval = only_interval)
          and (older_than is null or (r.requested_at, r.serial) < (older_than, older_serial))
        order by r.requested_at desc, r.serial desc
        limit page_limit offset page_offset) page
    join report_export_jobs j on j.serial = page.serial
    order by page.requested_at desc, page.serial desc
$$;

CREATE FUNCTION list_running(tenants text[]) RETURNS SETOF shown_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from shown_jobs where tenant_id = any (tenants) and state = 'processing'
$$;

CREATE FUNCTION list_schedules(tenant text, only_module text, only_catalog text, page_limit integer, page_offset bigint) RETURNS SETOF report_export_schedules
    LANGUAGE sql STABLE
    AS $$
    select * from report_export_schedules
    where tenant_id = tenant
      and (only_module is null or module = only_module)
      and (only_catalog is null or catalog = only_catalog)
    order by id desc
    limit page_limit offset page_offset
$$;

CREATE FUNCTION list_tenants(at_most integer) RETURNS TABLE(tenant_id text, pending integer, running integer, may_run integer, may_queue integer, until timestamp with time zone, set_by text)
    LANGUAGE sql STABLE
    AS $$
    select coalesce(t.tenant_id, l.tenant_id), coalesce(t.pending, 0), coalesce(t.running, 0), l.running, l.queued,
        l.until, l.set_by
    from (select * from report_export_tenants where open > 0) t
    full join (select * from penstock_tenant_limits where until > clock_timestamp()) l on l.tenant_id = t.tenant_id
    order by coalesce(t.pending, 0) + coalesce(t.running, 0) desc, 1
    limit at_most
$$;

CREATE FUNCTION lock_changes(tenants text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    tenant integer;
begin
    for tenant in select distinct hashtext(name) from unnest(tenants) name order by 1 loop
        perform pg_advisory_xact_lock(lock_number('changes'), tenant);
    end loop;
end $$;

CREATE FUNCTION lock_number(purpose text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case purpose
        when 'claims' then 1346718803
        when 'tenant' then 1346718804
        when 'changes' then 1346718807
        when 'audit chain' then 1346718806
        else ('no lock has the purpose ' || purpose)::integer end
$$;

CREATE FUNCTION lose_claim(job_id uuid, token uuid) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
    most constant integer := 20;
    job record;
begin
    update report_export_jobs
    set state = case when losses + 1 < most then 'pending' else 'failed' end, losses = losses + 1,
        attempts = attempts - 1, claim_token = null, worker_id = null, progress_done = 0, progress_total = null,
        parts_total = null, parts_ready = 0, run_after = clock_timestamp(),
        started_at = case when losses + 1 < most then null else started_at end,
        completed_at = case when losses + 1 < most then null else clock_timestamp() end,
        error_code = case when losses + 1 < most then null else 'worker_lost' end,
        error_summary = case when losses + 1 < most then null else format('The worker was lost %s times', most) end,
        attempt_error_code = 'worker_lost', attempt_error_summary = 'The worker was lost', attempt_sqlstate = null,
        attempt_error_detail = null
    where id = job_id and claim_token = token
    returning state, schedule_id, error_summary into job;
    if job.state = 'failed' then
        perform tell_schedule(job.schedule_id, job_id, 'worker_lost', job.error_summary);
    end if;
    return job.state;
end $$;

CREATE FUNCTION lose_file(job_id uuid, code text, summary text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    insert into report_lost_files
        (job_id, file_name, stored_path, file_size_bytes, row_count, sha256, metadata, completed_at, expires_at)
    select j.id, j.file_name, j.stored_path, j.file_size_bytes, j.row_count, j.sha256, j.metadata, j.completed_at,
        j.expires_at
    from report_export_jobs j where j.id = lose_file.job_id and j.state = 'ready' for update;
    if not found then
        return false;
    end if;
    update report_export_jobs
    set state = 'failed', error_code = code, error_summary = left(summary, 1000), completed_at = clock_timestamp(),
        file_name = null, stored_path = null, file_size_bytes = null, row_count = null, sha256 = null,
        metadata = null, expires_at = null
    where id = lose_file.job_id;
    return true;
end $$;

CREATE FUNCTION lost_file(job_id uuid) RETURNS TABLE(file_name text, stored_path text)
    LANGUAGE sql STABLE
    AS $$
    select l.file_name, l.stored_path from report_lost_files l where l.job_id = lost_file.job_id
$$;

CREATE FUNCTION lost_files(after uuid) RETURNS TABLE(id uuid, stored_path text, file_size_bytes bigint, sha256 text)
    LANGUAGE sql STABLE
    AS $$
    select l.job_id, l.stored_path, l.file_size_bytes, encode(l.sha256, 'hex') from report_lost_files l
    where l.job_id > coalesce(after, '00000000-0000-0000-0000-000000000000') and l.expires_at > clock_timestamp()
    order by l.job_id limit 500
$$;

CREATE FUNCTION mark_notified(tenant text, job_id uuid) RETURNS SETOF report_export_jobs
    LANGUAGE sql
    AS $$
    update report_export_jobs set notified_at = coalesce(notified_at, clock_timestamp())
    where tenant_id = tenant and id = job_id and reexport_of is not null and notify and not is_open(state)
    returning *
$$;

CREATE FUNCTION next_firing() RETURNS bigint
    LANGUAGE sql
    AS $$
    select (extract(epoch from min(fire_at) - schedule_clock()) * 1000)::bigint from report_export_schedules
    where fire_at is not null
$$;

CREATE FUNCTION next_mail() RETURNS bigint
    LANGUAGE sql
    AS $$
    select (extract(epoch from min(o.due_at) - clock_timestamp()) * 1000)::bigint
    from report_mail_outbox o where o.due_at is not null
$$;

CREATE FUNCTION next_webhook() RETURNS bigint
    LANGUAGE sql
    AS $$
    select (extract(epoch from min(head.due_at) - clock_timestamp()) * 1000)::bigint
    from penstock_webhooks w cross join lateral (
        select min(o.due_at) as due_at from report_webhook_outbox o
        where o.tenant_id = w.tenant_id and o.due_at is not null) head
    where w.disabled_at is null
$$;

CREATE FUNCTION notify_job() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify(
        'report_export_jobs',
        json_build_object(
            'id', new.id, 'tenant_id', new.tenant_id, 'state', new.state, 'change', new.change_number)::text);
    return null;
end $$;

CREATE FUNCTION number_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_advisory_xact_lock(lock_number('changes'), hashtext(new.tenant_id));
    new.change_number := nextval('report_export_changes');
    new.changed_at := clock_timestamp();
    return new;
end $$;

CREATE FUNCTION page_jobs(tenant text, only_module text, only_catalog text, only_states text[], page_limit integer, page_offset bigint, only_removed boolean DEFAULT NULL::boolean) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select j.* from (
        select c.*, sum(c.jobs) over (order by c.first_at desc, c.first_serial desc) as until
        from count_blocks(tenant, only_module, only_catalog, only_states, only_removed) c) b
    left join lateral (
        select n.first_at, n.first_serial from report_export_blocks n
        where n.tenant_id = tenant and (n.first_at, n.first_serial) > (b.first_at, b.first_serial)
        order by n.first_at, n.first_serial limit 1) next on true
    cross join lateral (
        select i.id, i.requested_at, i.serial from report_export_jobs i
        where i.tenant_id = tenant and (i.requested_at, i.serial) >= (b.first_at, b.first_serial)
          and (i.requested_at, i.serial) < (coalesce(next.first_at, 'infinity'), coalesce(next.first_serial, 0))
          and (only_module is null or i.module = only_module) and (only_catalog is null or i.catalog = only_catalog)
          and (only_states is null or i.state = any (only_states))
          and (only_removed is null or (i.removed_at is not null) = only_removed)
        order by i.requested_at desc, i.serial desc
        limit page_limit offset greatest(page_offset - (b.until - b.jobs), 0)) page
    join report_export_jobs j on j.id = page.id
    where b.until > page_offset and b.until - b.jobs < page_offset + page_limit and b.jobs > 0
    order by page.requested_at desc, page.serial desc
    limit page_limit
$$;

CREATE FUNCTION page_records(tenant text, requester text, states text[], only_format text, page_limit integer, page_offset bigint) RETURNS SETOF report_export_jobs
    LANGUAGE sql STABLE
    AS $$
    select j.* from (
        select c.*, sum(c.jobs) over (order by c.first_at desc, c.first_serial desc) as until
        from record_blocks(tenant, requester, states, only_format) c) b
    left join lateral (
        select n.first_at, n.first_serial from report_export_blocks n
        where requester is null and n.tenant_id = tenant
          and (n.first_at, n.first_serial) > (b.first_at, b.first_serial)
        order by n.first_at, n.first_serial limit 1) next on true
    left join lateral (
        select n.first_at, n.first_serial from report_export_counts n
        where requester is not null and n.tenant_id = tenant and n.field = 'requester' and n.value = requester
          and (n.first_at, n.first_serial) > (b.first_at, b.first_serial)
        order by n.first_at, n.first_serial limit 1) own on true
    cross join lateral (
        select i.id, i.requested_at, i.serial from report_export_jobs i
        where i.tenant_id = tenant and (i.requested_at, i.serial) >= (b.first_at, b.first_serial)
          and (i.requested_at, i.serial) < (
              coalesce(own.first_at, next.first_at, 'infinity'), coalesce(own.first_serial, next.first_serial, 0))
          and (requester is null or i.requested_by = requester)
          and (states is null or i.state = any (states)) and (only_format is null or i.format = only_format)
        order by i.requested_at desc, i.serial desc
        limit page_limit offset greatest(page_offset - (b.until - b.jobs), 0)) page
    join report_export_jobs j on j.id = page.id
    where b.until > page_offset and b.until - b.jobs < page_offset + page_limit and b.jobs > 0
    order by page.requested_at desc, page.serial desc
    limit page_limit
$$;

CREATE FUNCTION part_faults(of_part text) RETURNS TABLE(missing text, needless text)
    LANGUAGE sql STABLE
    AS $$
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

CREATE FUNCTION part_grants() RETURNS TABLE(part text, relation text, privilege text, only_columns text)
    LANGUAGE sql STABLE
    AS $$
    select p.part, g.relation, r.privilege, g.only_columns
    from (values
        ('engine', 'report_export_jobs', 'select insert update delete', null),
        ('engine responder', 'penstock_tenant_limits', 'select', null),
        ('engine responder', 'report_export_tenants', 'select insert update', null),
        ('engine responder', 'report_export_blocks', 'select insert update delete', null),
        ('engine responder', 'report_export_counts', 'select insert update delete', null),
        ('engine', 'report_export_parts', 'select insert update delete', null),
        ('engine', 'report_export_schedules', 'select update', null),
        ('engine', 'report_lost_files', 'select insert update delete', null),
        ('engine', 'report_webhook_outbox', 'select insert update delete', null),
        ('engine', 'report_mail_outbox', 'select insert update delete', null),
        ('engine', 'report_download_audit', 'select insert', null),
        ('engine', 'report_audit_checkpoints', 'select', null),
        ('engine', 'penstock_dispatchers', 'select insert update delete', null),
        ('engine responder', 'penstock_drains', 'select', null),
        ('engine', 'penstock_reach', 'select insert update delete', null),
        ('engine', 'penstock_scrub', 'select insert update', null),
        ('engine', 'penstock_storage', 'select insert update delete', null),
        ('engine webhooks', 'penstock_users', 'select', 'name, tenants, permissions, superuser, disabled, claims'),
        ('engine webhooks', 'penstock_api_keys', 'select',
            'prefix, tenant_id, permissions, claims, revoked_at, expires_at, replaced_by'),
        ('engine responder', 'penstock_webhooks', 'select', 'tenant_id, disabled_at'),
        -- For administrators, who see no secret.
        ('responder', 'penstock_webhooks', 'select', 'url, changed_at'),
        ('responder', 'report_export_jobs', 'select insert update', null),
        ('responder', 'report_export_parts', 'select', null),
        ('responder', 'report_export_schedules', 'select insert update delete', null),
        ('responder', 'report_removed_schedules', 'select insert delete', null),
        ('responder', 'report_export_presets', 'select insert update delete', null),
        ('responder', 'report_lost_files', 'select delete', null),
        ('responder', 'report_webhook_outbox', 'insert', null),
        -- For figures, and for administrators.
        ('responder', 'report_webhook_outbox', 'select',
            'id, job_id, tenant_id, event, happened_at, attempts, due_at, delivered_at, last_status, last_error'),
        ('responder', 'report_mail_outbox', 'select', null),
        ('responder', 'penstock_dispatchers', 'select', null),
        ('responder', 'report_download_audit', 'select insert', null),
        ('responder', 'report_download_transfers', 'select insert', null),
        ('responder', 'report_audit_checkpoints', 'select', null),
        ('responder', 'penstock_users', 'select', null),
        ('responder', 'penstock_api_keys', 'select', null),
        ('responder reader', 'shown_jobs', 'select', null),
        ('webhooks', 'report_webhook_outbox', 'select update delete', null),
        ('webhooks', 'report_mail_outbox', 'select update delete', null),
        -- An e-mail is a way to a file, and stands in the audit.
        ('webhooks', 'report_download_audit', 'select insert', null),
        ('webhooks', 'report_audit_checkpoints', 'select', null),
        ('webhooks', 'penstock_webhooks', 'select', null),
        ('webhooks', 'penstock_webhooks', 'update', 'disabled_at'),
        ('webhooks', 'report_export_jobs', 'select', null),
        ('webhooks', 'report_export_jobs', 'update', 'notified_at'),
        ('auditor', 'report_download_audit', 'select', null),
        ('auditor', 'report_download_transfers', 'select', null),
        ('auditor', 'report_audit_checkpoints', 'select', null),
        ('reader', 'report_export_jobs', 'select', null),
        ('reader', 'report_export_blocks', 'select', null),
        ('reader', 'report_export_tenants', 'select', null),
        ('reader', 'penstock_tenant_limits', 'select', null),
        ('reader', 'report_export_parts', 'select', null),
        ('reader', 'report_export_schedules', 'select', null),
        ('reader', 'report_export_presets', 'select', null),
        ('reader', 'report_webhook_outbox', 'select', null),
        ('reader', 'report_mail_outbox', 'select', null),
        ('reader', 'penstock_dispatchers', 'select', null),
        ('reader', 'penstock_drains', 'select', null),
        ('engine responder webhooks auditor reader', 'penstock_schema', 'select', null)
    ) g (parts, relation, privileges, only_columns)
    cross join lateral string_to_table(g.parts, ' ') p (part)
    cross join lateral string_to_table(g.privileges, ' ') r (privilege)
    union all
    -- The audit is only added to, whoever runs everything.
    select 'service', c.relname, r.privilege, null
    from pg_class c
    cross join lateral string_to_table(
        case
            when c.relname in ('report_download_audit', 'report_download_transfers') then 'select insert'
            when c.relkind = 'v' or c.relname in ('penstock_schema', 'penstock_roles', 'report_audit_checkpoints')
                then 'select'
            else 'select insert update delete'
        end, ' ') r (privilege)
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v')
      and (c.relname like 'report\_%' or c.relname like 'penstock\_%' or c.relname = 'shown_jobs')
$$;

CREATE FUNCTION pass_schedule(schedule uuid, next_due timestamp with time zone, retry interval, code text, message text) RETURNS void
    LANGUAGE sql
    AS $$
    update report_export_schedules
    set next_due_at = coalesce(next_due, next_due_at), fire_at = coalesce(next_due, schedule_clock() + retry),
        error_code = code, error_message = left(message, 1000), error_at = schedule_clock()
    where id = schedule
$$;

CREATE FUNCTION pause_schedule(schedule uuid, code text, message text) RETURNS void
    LANGUAGE sql
    AS $$
    with paused as (
        update report_export_schedules
        set next_due_at = null, fire_at = null, error_code = code, error_message = left(message, 1000),
            error_at = schedule_clock()
        where id = schedule
        returning tenant_id, id, created_by)
    select record_download(
        tenant => p.tenant_id, job => p.id, who => p.created_by, path => 'schedule', result => code, answered => 403,
        address => null, agent => null, asked_range => null, gateway_request_id => null)
    from paused p
$$;

CREATE FUNCTION plan_parts(job uuid, token uuid, bounds text[]) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    current_epoch integer;
begin
    update report_export_jobs j set parts_total = cardinality(bounds) + 1
    where j.id = job and j.claim_token = token
    returning j.epoch into current_epoch;
    if not found then
        return false;
    end if;
    delete from report_export_parts p where p.job_id = job and p.epoch < current_epoch;
    insert into report_export_parts (job_id, epoch, number, first_key, end_key)
    select job, current_epoch, n, bounds[n - 1], bounds[n]
    from generate_series(1, cardinality(bounds) + 1) n
    on conflict on constraint report_export_parts_number_key do nothing;
    return true;
end $$;

CREATE FUNCTION prune_mails(keep interval) RETURNS bigint
    LANGUAGE sql
    AS $$
    update report_mail_outbox o set due_at = null, last_error = 'nobody has sent it for three days'
    where o.due_at < clock_timestamp() - interval '3 days';
    with gone as (
        delete from report_mail_outbox where due_at is null and happened_at < clock_timestamp() - keep returning 1)
    select count(*) from gone
$$;

CREATE FUNCTION prune_webhooks(keep interval) RETURNS bigint
    LANGUAGE sql
    AS $$
    update report_webhook_outbox o set due_at = null, last_error = 'the endpoint was removed'
    where o.due_at < clock_timestamp() - interval '1 hour' and not exists (
        select from penstock_webhooks w where w.tenant_id = o.tenant_id and w.disabled_at is null);
    with gone as (
        delete from report_webhook_outbox where due_at is null and happened_at < clock_timestamp() - keep returning 1)
    select count(*) from gone
$$;

CREATE FUNCTION queue_figures() RETURNS TABLE(figure text, state text, module text, catalog text, value double precision)
    LANGUAGE sql STABLE
    AS $$
    with open as materialized (
        select 'pending' as state, j.module, j.catalog, count(*) as jobs,
            min(j.run_after) filter (where j.run_after <= statement_timestamp()) as since
        from report_export_jobs j where j.state = 'pending' group by j.module, j.catalog
        union all
        select 'processing', j.module, j.catalog, count(*), min(j.started_at)
        from report_export_jobs j where j.state = 'processing' group by j.module, j.catalog
    )
    select 'jobs', o.state, o.module, o.catalog, o.jobs from open o
    union all
    select 'oldest_due', null, null, null, coalesce(extract(epoch from clock_timestamp() - min(o.since)), 0)
    from open o where o.state = 'pending'
    union all
    select 'oldest_running', null, null, null, coalesce(extract(epoch from clock_timestamp() - min(o.since)), 0)
    from open o where o.state = 'processing'
    union all
    select 'dispatchers', null, null, null, count(*) from penstock_dispatchers d where d.alive_until > clock_timestamp()
    union all
    select 'webhooks', null, null, null, count(*) from report_webhook_outbox o where o.due_at is not null
    union all
    select 'mails', null, null, null, count(*) from report_mail_outbox o where o.due_at is not null
    union all
    select 'dead_tuples', null, null, null, coalesce(max(s.n_dead_tup), 0)
    from pg_stat_user_tables s where s.relid = 'report_export_jobs'::regclass
$$;

CREATE FUNCTION queue_mail() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    email jsonb := new.request -> 'deliver' -> 'email';
    is_skipped boolean := new.state = 'ready' and new.row_count = 0 and coalesce((email ->> 'skipEmpty')::boolean, false);
begin
    insert into report_mail_outbox (job_id, tenant_id, event, recipient, due_at, skipped)
    select new.id, new.tenant_id, new.state, address, case when not is_skipped then clock_timestamp() end, is_skipped
    from jsonb_array_elements_text(email -> 'to') address
    on conflict do nothing;
    if found and not is_skipped then perform pg_notify('penstock_webhooks', ''); end if;
    return null;
end $$;

CREATE FUNCTION queue_webhook() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into report_webhook_outbox (job_id, tenant_id, event)
    select new.id, new.tenant_id, 'report.' || new.state from penstock_webhooks w
    where w.tenant_id = new.tenant_id and w.disabled_at is null
    on conflict do nothing;
    if found then perform pg_notify('penstock_webhooks', ''); end if;
    return null;
end $$;

CREATE FUNCTION raise_limits(tenant text, to_running integer, to_queued integer, length interval, who text, told text) RETURNS timestamp with time zone
    LANGUAGE plpgsql
    AS $$
declare
    ends timestamptz := clock_timestamp() + length;
begin
    insert into penstock_tenant_limits (tenant_id, running, queued, until, set_by)
    values (tenant, to_running, to_queued, ends, who)
    on conflict (tenant_id) do update
    set running = excluded.running, queued = excluded.queued, until = excluded.until, set_at = excluded.set_at,
        set_by = excluded.set_by;
    perform record_download(tenant, null, who, 'command', 'limits_raised', 200, null, told, null, null);
    return ends;
end $$;

CREATE FUNCTION reach_since() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$
    select r.since from penstock_reach r
    where r.started_at = pg_postmaster_start_time()
      and clock_timestamp() - r.renewed_at between interval '-8 s' and interval '8 s'
$$;

CREATE FUNCTION ready_files(after uuid) RETURNS TABLE(id uuid, stored_path text, file_size_bytes bigint)
    LANGUAGE sql STABLE
    AS $$
    select j.id, j.stored_path, j.file_size_bytes from report_export_jobs j
    where j.state = 'ready' and j.id > coalesce(after, '00000000-0000-0000-0000-000000000000')
    order by j.id limit 500
$$;

CREATE FUNCTION record_blocks(tenant text, requester text, states text[], only_format text) RETURNS TABLE(first_at timestamp with time zone, first_serial bigint, jobs bigint)
    LANGUAGE sql STABLE
    AS $$
    select b.first_at, b.first_serial, b.jobs from count_blocks(tenant, null, null, states) b
    where requester is null and only_format is null
    union all
    select c.first_at, c.first_serial, c.jobs::bigint from report_export_counts c
    where c.tenant_id = tenant and c.field = case when requester is null then 'format' else 'requester' end
      and c.value = coalesce(requester, only_format)
$$;

CREATE FUNCTION record_deletion(job_id uuid) RETURNS void
    LANGUAGE sql
    AS $$
    update report_export_jobs set file_deleted_at = clock_timestamp()
    where id = job_id and state = 'expired' and file_deleted_at is null
$$;

CREATE FUNCTION record_download(tenant text, job uuid, who text, path text, result text, answered integer, address text, agent text, asked_range text, gateway_request_id text) RETURNS void
    LANGUAGE sql
    AS $$
    insert into report_download_audit
        (tenant_id, job_id, subject, via, outcome, status, remote_addr, user_agent, range, request_id)
    values
        (tenant, job, who, path, result, answered, left(address, 64), left(agent, 512), left(asked_range, 256),
         left(gateway_request_id, 128))
$$;

CREATE FUNCTION record_progress(ids uuid[], tokens uuid[], done bigint[], totals bigint[]) RETURNS SETOF uuid
    LANGUAGE sql
    AS $$
    update report_export_jobs j
    set progress_done = p.done, progress_total = nullif(p.total, -1)
    from unnest(ids, tokens, done, totals) as p (id, token, done, total)
    where j.id = p.id and j.claim_token = p.token
    returning j.id
$$;

CREATE FUNCTION record_rows_deletion(job_id uuid) RETURNS void
    LANGUAGE sql
    AS $$
    update report_export_jobs set rows_deleted_at = clock_timestamp()
    where id = job_id and rows_path is not null and rows_deleted_at is null
$$;

CREATE FUNCTION record_transfers(transfers jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    entry record;
    added bigint := 0;
    was_new bigint;
begin
    for entry in
        select t.*, a.tenant_id, coalesce(a.job_id, t.job) as known_job
        from jsonb_to_recordset(transfers) as t (
            request_id text, job uuid, method text, status integer, bytes bigint, range text, ms bigint, completed boolean, "from" text)
        left join lateral (
            select d.tenant_id, d.job_id from report_download_audit d
            where d.request_id = t.request_id and d.outcome = 'granted' order by d.id desc limit 1) a on true
        order by hashtext('transfers' || coalesce('/' || a.tenant_id, ''))
    loop
        insert into report_download_transfers
            (tenant_id, job_id, request_id, method, status, bytes_sent, range, duration_ms, completed, remote_addr)
        values
            (entry.tenant_id, entry.known_job, entry.request_id, entry.method, entry.status, entry.bytes, left(entry.range, 256),
             entry.ms, entry.completed, left(entry."from", 64))
        on conflict (request_id) do nothing;
        get diagnostics was_new = row_count;
        added := added + was_new;
    end loop;
    return added;
end $$;

CREATE FUNCTION recover_jobs() RETURNS TABLE(id uuid, lost_epoch integer, lost_token uuid)
    LANGUAGE plpgsql
    AS $$
declare
    -- null when no lease is renewed, since only dispatchers of the release before are running
    may_judge boolean := clock_timestamp() > reach_since() + lease_length();
    lost uuid[];
    tenants text[];
begin
    select array_agg(l.id), array_agg(l.tenant_id) into lost, tenants from (
        select j.id, j.tenant_id from report_export_jobs j
            left join penstock_dispatchers d on d.worker_id = j.worker_id
        where j.state = 'processing' and case
            when d.worker_id is null then coalesce(may_judge, true) and not exists (
                select from pg_locks l
                where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                  and l.database = (select oid from pg_database where datname = current_database())
                  and l.classid = ((j.worker_id >> 32) & 4294967295)::oid
                  and l.objid = (j.worker_id & 4294967295)::oid)
            when d.alive_until = '-infinity' then true
            -- One that is further away than a lease dates from before the clock was set back.
            else coalesce(may_judge, false) and d.alive_until not between clock_timestamp() and clock_timestamp() + lease_length()
            end
        for update of j skip locked) l;
    perform lock_changes(tenants);
    return query
        select j.id, j.epoch, j.claim_token from report_export_jobs j,
            lateral lose_claim(j.id, j.claim_token) as new_state
        where j.id = any (lost) and new_state is not null;
end $$;

CREATE FUNCTION refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' and exists (select from report_audit_checkpoints) then
        return null;
    end if;
    raise exception 'the download audit is append-only' using errcode = 'insufficient_privilege';
end $$;

CREATE FUNCTION refuse_audit_removal() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (
            select from gone g left join report_audit_checkpoints c on c.chain = g.chain
            where c.link is null or c.link < g.link) then
        raise exception 'the download audit is append-only' using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;

CREATE FUNCTION release_job(job_id uuid, token uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    update report_export_jobs
    set state = 'pending', claim_token = null, worker_id = null, attempts = attempts - 1, started_at = null,
        progress_done = 0, progress_total = null, parts_total = null, parts_ready = 0,
        run_after = clock_timestamp()
    where id = job_id and claim_token = token;
    return found;
end $$;

CREATE FUNCTION release_mail(message uuid, attempt integer) RETURNS void
    LANGUAGE sql
    AS $$
    update report_mail_outbox set attempts = attempts - 1, due_at = clock_timestamp()
    where id = message and delivered_at is null and due_at is not null and attempts = attempt
$$;

CREATE FUNCTION release_unknown_claims(worker bigint, known uuid[]) RETURNS SETOF uuid
    LANGUAGE plpgsql
    AS $$
declare
    unknown uuid[];
    tenants text[];
begin
    select array_agg(l.id), array_agg(l.tenant_id) into unknown, tenants from (
        select j.id, j.tenant_id from report_export_jobs j
        where j.state = 'processing' and j.worker_id = worker and j.claim_token <> all (known)
        for update skip locked) l;
    perform lock_changes(tenants);
    return query
        select j.id from report_export_jobs j, lateral release_job(j.id, j.claim_token) as released
        where j.id = any (unknown) and released;
end $$;

CREATE FUNCTION release_webhook(message uuid, attempt integer) RETURNS void
    LANGUAGE sql
    AS $$
    update report_webhook_outbox set attempts = attempts - 1, due_at = clock_timestamp()
    where id = message and delivered_at is null and due_at is not null and attempts = attempt
$$;

CREATE FUNCTION remove_audit(kind text, of_chain text, last bigint, last_hash text, by_kid text, signed text) RETURNS bigint
    LANGUAGE plpgsql
    AS $_$
declare
    source text := case kind when 'downloads' then 'report_download_audit' else 'report_download_transfers' end;
    removed bigint;
begin
    insert into report_audit_checkpoints as c (chain, link, hash, kid, signature)
    values (of_chain, last, decode(last_hash, 'hex'), by_kid, signed)
    on conflict (chain) do update
        set link = excluded.link, hash = excluded.hash, kid = excluded.kid, signature = excluded.signature,
            changed_at = clock_timestamp()
        where excluded.link >= c.link;
    if not found then return 0; end if;
    execute format('delete from %I t where t.chain = $1 and t.link <= $2', source) using of_chain, last;
    get diagnostics removed = row_count;
    return removed;
end $_$;

CREATE FUNCTION remove_history(age interval, after uuid, at_most integer) RETURNS TABLE(last uuid, removed bigint)
    LANGUAGE plpgsql
    AS $$
declare
    ended timestamptz := clock_timestamp() - age;
    -- The least id of that time (RFC 9562, version 7): 48 bits of milliseconds. A job is not over before it was made.
    bound uuid := rpad(lpad(to_hex(floor(extract(epoch from ended) * 1000)::bigint), 12, '0'), 32, '0')::uuid;
    page uuid[];
    gone uuid[];
begin
    page := array(
        select j.id from report_export_jobs j
        where j.id > coalesce(after, '00000000-0000-0000-0000-000000000000') and j.id < bound
        order by j.id limit at_most);
    last := page[cardinality(page)];
    gone := array(
        select j.id from report_export_jobs j
        where j.id = any (page) and j.state in ('expired', 'failed', 'cancelled') and j.completed_at < ended
          and (j.state <> 'expired' or j.file_deleted_at is not null)
          and (j.rows_path is null or j.rows_deleted_at is not null)
          and not exists (select from report_export_jobs r where r.reexport_of = j.id)
          and not exists (select from report_lost_files l where l.job_id = j.id and l.expires_at > clock_timestamp())
          and not exists (select from report_webhook_outbox o where o.job_id = j.id and o.due_at is not null)
          and not exists (select from report_mail_outbox o where o.job_id = j.id and o.due_at is not null)
        for update of j skip locked);
    delete from report_webhook_outbox o where o.job_id = any (gone);
    delete from report_mail_outbox o where o.job_id = any (gone);
    update report_export_schedules s set last_job_id = null where s.last_job_id = any (gone);
    -- After the schedules, as fire_schedule takes both.
    perform lock_changes(array(select j.tenant_id from report_export_jobs j where j.id = any (gone)));
    delete from report_export_jobs j where j.id = any (gone);
    removed := coalesce(cardinality(gone), 0);
    return next;
end $$;

CREATE FUNCTION remove_job(tenant text, job_id uuid) RETURNS SETOF report_export_jobs
    LANGUAGE plpgsql
    AS $$
declare
    removed report_export_jobs;
begin
    update report_export_jobs j
    set state = case j.state when 'ready' then 'expired' else j.state end,
        expires_at = case j.state when 'ready' then least(j.expires_at, clock_timestamp()) else j.expires_at end,
        rows_expire_at = case
            when j.rows_expire_at > clock_timestamp() then clock_timestamp() else j.rows_expire_at end,
        removed_at = coalesce(j.removed_at, clock_timestamp())
    where j.tenant_id = tenant and j.id = remove_job.job_id and not is_open(j.state)
    returning * into removed;
    if found then
        delete from report_lost_files l where l.job_id = remove_job.job_id;
        return next removed;
    end if;
end $$;

CREATE FUNCTION remove_preset(tenant text, preset uuid, subject text, gateway_request_id text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    delete from report_export_presets p
        where p.id = preset and p.tenant_id = tenant and (p.shared or p.created_by = subject);
    if not found then
        return exists (
            select from report_removed_schedules r
            where r.id = preset and r.tenant_id = tenant and r.request_id = gateway_request_id);
    end if;
    if gateway_request_id is not null then
        insert into report_removed_schedules (id, tenant_id, request_id)
        values (preset, tenant, left(gateway_request_id, 128));
    end if;
    return true;
end $$;

CREATE FUNCTION remove_schedule(tenant text, schedule uuid, gateway_request_id text DEFAULT NULL::text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    delete from report_export_schedules where id = schedule and tenant_id = tenant;
    if not found then
        return exists (
            select from report_removed_schedules r
            where r.id = schedule and r.tenant_id = tenant and r.request_id = gateway_request_id);
    end if;
    if gateway_request_id is not null then
        delete from report_removed_schedules r where r.removed_at < clock_timestamp() - interval '1 hour';
        insert into report_removed_schedules (id, tenant_id, request_id)
        values (schedule, tenant, left(gateway_request_id, 128));
    end if;
    return true;
end $$;

CREATE FUNCTION remove_webhook(tenant text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    delete from penstock_webhooks where tenant_id = tenant;
    if not found then return false; end if;
    update report_webhook_outbox set due_at = null, last_error = 'the endpoint was removed'
    where tenant_id = tenant and due_at is not null;
    return true;
end $$;

CREATE FUNCTION renew_lease(worker bigint, host text, kernel text, process text, version text DEFAULT NULL::text, workers integer DEFAULT NULL::integer) RETURNS TABLE(is_draining boolean, fleet bigint)
    LANGUAGE plpgsql
    AS $$
declare
    now timestamptz := clock_timestamp();
    unbroken timestamptz := coalesce(reach_since(), now);
begin
    update penstock_dispatchers d set alive_until = now + lease_length() where d.worker_id = worker;
    if not found then
        delete from penstock_dispatchers d
        where d.alive_until < now - interval '1 hour' and not exists (
            select from report_export_jobs j where j.worker_id = d.worker_id and j.state = 'processing');
        insert into penstock_dispatchers (worker_id, host, kernel, process, alive_until, version, workers)
        values (worker, host, kernel, process, now + lease_length(), version, workers)
        on conflict (worker_id) do update set alive_until = excluded.alive_until;
    end if;
    insert into penstock_reach (started_at, since, renewed_at) values (pg_postmaster_start_time(), unbroken, now)
    on conflict (only_row) do update
    set started_at = excluded.started_at, since = excluded.since, renewed_at = excluded.renewed_at;
    return query
    select exists (select from penstock_drains n where n.host = renew_lease.host), fleet_workers();
end $$;

CREATE FUNCTION resend_mail(message uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    update report_mail_outbox
    set due_at = clock_timestamp(), delivered_at = null, skipped = false, attempts = 0 where id = message;
    if not found then return false; end if;
    perform pg_notify('penstock_webhooks', '');
    return true;
end $$;

CREATE FUNCTION resend_webhook(message uuid) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
    tenant text;
begin
    select tenant_id into tenant from report_webhook_outbox where id = message for update;
    if not found then return 'unknown'; end if;
    perform from penstock_webhooks where tenant_id = tenant and disabled_at is null;
    if not found then return 'no_endpoint'; end if;
    update report_webhook_outbox set due_at = clock_timestamp(), delivered_at = null, attempts = 0 where id = message;
    perform pg_notify('penstock_webhooks', '');
    return 'queued';
end $$;

CREATE FUNCTION restore_file(job_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    receipt report_lost_files;
begin
    delete from report_lost_files l
    where l.job_id = restore_file.job_id and l.expires_at > clock_timestamp()
    returning * into receipt;
    if not found then
        return false;
    end if;
    update report_export_jobs
    set state = 'ready', error_code = null, error_summary = null, completed_at = receipt.completed_at,
        file_name = receipt.file_name, stored_path = receipt.stored_path, file_size_bytes = receipt.file_size_bytes,
        row_count = receipt.row_count, sha256 = receipt.sha256, metadata = receipt.metadata,
        expires_at = receipt.expires_at
    where id = restore_file.job_id and state = 'failed';
    return found;
end $$;

CREATE FUNCTION resume_host(name text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    delete from penstock_drains d where d.host = name;
    return found;
end $$;

CREATE FUNCTION resume_jobs() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    waiting uuid[];
    tenants text[];
begin
    select array_agg(j.id), array_agg(j.tenant_id) into waiting, tenants from (
        select id, tenant_id from report_export_jobs
        where state = 'pending' and waits > 0 and run_after > clock_timestamp()
        for update skip locked) j;
    perform lock_changes(tenants);
    update report_export_jobs set run_after = clock_timestamp() where id = any (waiting);
    return coalesce(cardinality(waiting), 0);
end $$;

CREATE FUNCTION retry_job(job_id uuid, token uuid, delay interval, code text, summary text, state_code text, detail text) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
    job record;
begin
    update report_export_jobs
    set state = case when attempts < max_attempts then 'pending' else 'failed' end,
        claim_token = null, worker_id = null, progress_done = 0, progress_total = null, parts_total = null, parts_ready = 0,
        run_after = clock_timestamp() + delay, waits = 0,
        started_at = case when attempts < max_attempts then null else started_at end,
        completed_at = case when attempts < max_attempts then null else clock_timestamp() end,
        error_code = case when attempts < max_attempts then null else code end,
        error_summary = case when attempts < max_attempts then null
                             else left(format('%s (attempt %s of %s)', summary, attempts, max_attempts), 1000) end,
        attempt_error_code = code, attempt_error_summary = left(summary, 1000), attempt_sqlstate = state_code,
        attempt_error_detail = left(detail, 4000)
    where id = job_id and claim_token = token
    returning state, schedule_id, error_summary into job;
    if job.state = 'failed' then
        perform tell_schedule(job.schedule_id, job_id, code, job.error_summary);
    end if;
    return job.state;
end $$;

CREATE FUNCTION schedule_clock() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$
    select clock_timestamp()
$$;

CREATE FUNCTION schedule_obstacle(schedule uuid, age interval) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    select case
        when not holds_right(s.created_with, s.created_by, s.tenant_id, 'export:reports') then 'rights_lost'
        when s.created_with in ('gateway', 'bearer') and s.confirmed_at < clock_timestamp() - age
            and not exists (
                select from report_export_jobs j
                where j.tenant_id = s.tenant_id and j.requested_by = s.created_by
                  and j.requested_at >= clock_timestamp() - age and j.source = 'manual'
                  and j.requested_with in ('gateway', 'bearer')) then 'rights_unconfirmed'
        end
    from report_export_schedules s where s.id = schedule
$$;

CREATE TABLE penstock_webhooks (
    tenant_id text NOT NULL,
    url text NOT NULL,
    secret text NOT NULL,
    previous_secret text,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT webhook_lengths CHECK ((((length(tenant_id) >= 1) AND (length(tenant_id) <= 255)) AND ((length(url) >= 1) AND (length(url) <= 2048)) AND (length(secret) <= 128) AND (length(previous_secret) <= 128)))
);

CREATE FUNCTION set_webhook(tenant text, to_url text, new_secret text, fresh_secret text) RETURNS SETOF penstock_webhooks
    LANGUAGE sql
    AS $$
    insert into penstock_webhooks as w (tenant_id, url, secret) values (tenant, to_url, coalesce(new_secret, fresh_secret))
    on conflict (tenant_id) do update set
        url = excluded.url, disabled_at = null,
        previous_secret = case when new_secret <> w.secret then w.secret else w.previous_secret end,
        changed_at = case when new_secret <> w.secret then clock_timestamp() else w.changed_at end,
        secret = coalesce(new_secret, w.secret)
    returning *
$$;

CREATE FUNCTION settle_mail(message uuid, attempt integer, delivered boolean, status integer, failure text, delay interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    mail record;
begin
    update report_mail_outbox o
    set delivered_at = case when delivered then clock_timestamp() end,
        due_at = case when not delivered then clock_timestamp() + delay end,
        last_status = status, last_error = left(failure, 500)
    where o.id = message and o.delivered_at is null and (o.attempts = attempt or delivered)
    returning o.tenant_id, o.job_id, o.recipient, o.content into mail;
    if found and delivered and mail.content <> 'notice' then
        perform record_download(
            mail.tenant_id, mail.job_id, mail.recipient, 'mail', 'delivered', status, null, null, null,
            'mail:' || message);
    end if;
end $$;

CREATE FUNCTION settle_webhook(message uuid, attempt integer, delivered boolean, status integer, failure text, delay interval, gone boolean, to_url text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    settled record;
begin
    update report_webhook_outbox o
    set delivered_at = case when delivered then clock_timestamp() end,
        due_at = case
            when delivered then null
            when gone and exists (
                select from penstock_webhooks w
                where w.tenant_id = o.tenant_id and w.url <> to_url and w.disabled_at is null) then clock_timestamp()
            else clock_timestamp() + delay end,
        last_status = status, last_error = left(failure, 500)
    where id = message and delivered_at is null and (attempts = attempt or delivered)
    returning job_id, tenant_id into settled;
    if not found then return; end if;
    if delivered then
        update report_export_jobs set notified_at = clock_timestamp()
        where id = settled.job_id and notify and notified_at is null;
    elsif gone then
        update penstock_webhooks set disabled_at = clock_timestamp()
        where tenant_id = settled.tenant_id and url = to_url and disabled_at is null;
        if found then
            update report_webhook_outbox set due_at = null, last_error = coalesce(last_error, 'the endpoint is gone')
            where tenant_id = settled.tenant_id and due_at is not null;
        end if;
    end if;
end $$;

CREATE FUNCTION show_endpoint(tenant text) RETURNS TABLE(origin text, changed_at timestamp with time zone, disabled_at timestamp with time zone, waiting bigint, delivered bigint, given_up bigint)
    LANGUAGE sql STABLE
    AS $_$
    select regexp_replace(w.url, '^(https?://)(?:[^/?#@]*@)?([^/?#]*).*$', '\1\2'), w.changed_at, w.disabled_at, count(o.due_at),
        count(o.delivered_at), count(o.id) filter (where o.due_at is null and o.delivered_at is null)
    from penstock_webhooks w left join report_webhook_outbox o on o.tenant_id = w.tenant_id
    where w.tenant_id = tenant
    group by w.tenant_id
$_$;

CREATE FUNCTION show_job(tenant text, job_id uuid) RETURNS SETOF shown_jobs
    LANGUAGE sql STABLE
    AS $$
    select * from shown_jobs where id = job_id and tenant_id = tenant
$$;

CREATE FUNCTION show_usage(tenant text, subject text) RETURNS TABLE(pending bigint, running bigint, stored_bytes bigint, schedules bigint, presets bigint, own_presets bigint, raised_running integer, raised_queued integer, fleet bigint)
    LANGUAGE sql STABLE
    AS $$
    select
        (select count(*) from report_export_jobs j where j.tenant_id = tenant and j.state = 'pending'),
        (select count(*) from report_export_jobs j where j.tenant_id = tenant and j.state = 'processing'),
        (select coalesce(sum(j.file_size_bytes), 0) from report_export_jobs j where j.tenant_id = tenant
            and (j.state = 'ready' or (j.state = 'expired' and j.file_deleted_at is null)))::bigint
        + (select coalesce(sum(j.rows_size), 0) from report_export_jobs j where j.tenant_id = tenant
            and j.rows_path is not null and j.rows_deleted_at is null)::bigint
        + (select coalesce(sum(j.filter_bytes), 0) from report_export_jobs j where j.tenant_id = tenant
            and j.filter_sha256 is not null and holds_filter(j.state))::bigint,
        (select count(*) from report_export_schedules s where s.tenant_id = tenant),
        (select count(*) from report_export_presets p where p.tenant_id = tenant),
        (select count(*) from report_export_presets p where p.tenant_id = tenant and p.created_by = subject),
        (select l.running from penstock_tenant_limits l where l.tenant_id = tenant and l.until > clock_timestamp()),
        (select l.queued from penstock_tenant_limits l where l.tenant_id = tenant and l.until > clock_timestamp()),
        fleet_workers()
$$;

CREATE FUNCTION show_webhooks(only_tenant text) RETURNS TABLE(tenant_id text, url text, secret text, previous_secret text, changed_at timestamp with time zone, disabled_at timestamp with time zone, waiting bigint, delivered bigint, given_up bigint, last_error text)
    LANGUAGE sql STABLE
    AS $$
    select w.tenant_id, w.url, w.secret,
        case when w.changed_at > clock_timestamp() - interval '1 day' then w.previous_secret end,
        w.changed_at, w.disabled_at, count(o.due_at), count(o.delivered_at),
        count(*) filter (where o.id is not null and o.due_at is null and o.delivered_at is null),
        (select e.last_error from report_webhook_outbox e where e.tenant_id = w.tenant_id and e.last_error is not null
         order by e.happened_at desc limit 1)
    from penstock_webhooks w left join report_webhook_outbox o on o.tenant_id = w.tenant_id
    where only_tenant is null or w.tenant_id = only_tenant
    group by w.tenant_id order by w.tenant_id
$$;

CREATE FUNCTION start_part(job uuid, token uuid, part integer) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    current_epoch integer;
begin
    select j.epoch into current_epoch from report_export_jobs j
    where j.id = job and j.claim_token = token for share;
    if not found then
        return false;
    end if;
    update report_export_parts p set state = 'processing', started_at = clock_timestamp()
    where p.job_id = job and p.epoch = current_epoch and p.number = part and p.state = 'pending';
    return true;
end $$;

CREATE FUNCTION stored_figures(at_most integer) RETURNS TABLE(tenant_id text, bytes bigint)
    LANGUAGE sql STABLE
    AS $$
    with piece as (
        select j.tenant_id, sum(j.file_size_bytes) as bytes from report_export_jobs j
        where j.state = 'ready' or (j.state = 'expired' and j.file_deleted_at is null) group by j.tenant_id
        union all
        select j.tenant_id, sum(j.rows_size) from report_export_jobs j
        where j.rows_path is not null and j.rows_deleted_at is null group by j.tenant_id
        union all
        select j.tenant_id, sum(j.filter_bytes) from report_export_jobs j
        where j.filter_sha256 is not null and holds_filter(j.state) group by j.tenant_id
    ), tenant as (
        select p.tenant_id, coalesce(sum(p.bytes), 0)::bigint as bytes from piece p group by p.tenant_id
    )
    (select null, coalesce(sum(t.bytes), 0)::bigint from tenant t)
    union all
    (select t.tenant_id, t.bytes from tenant t where t.bytes > 0 order by t.bytes desc, t.tenant_id limit at_most)
$$;

CREATE FUNCTION stored_files(ids uuid[]) RETURNS TABLE(id uuid, state text, epoch integer, stored_path text, file_deleted_at timestamp with time zone, lost_path text)
    LANGUAGE sql STABLE
    AS $$
    select j.id, j.state, j.epoch, j.stored_path, j.file_deleted_at, l.stored_path
    from report_export_jobs j
        left join report_lost_files l on l.job_id = j.id and l.expires_at > clock_timestamp()
    where j.id = any (ids)
$$;

CREATE FUNCTION take_scrub(by uuid, lease interval, done uuid, at_most integer, pause interval) RETURNS TABLE(id uuid, stored_path text, file_size_bytes bigint, sha256 text)
    LANGUAGE plpgsql
    AS $$
declare
    scrub penstock_scrub;
begin
    insert into penstock_scrub default values on conflict do nothing;
    update penstock_scrub s
    set holder = by, held_until = clock_timestamp() + lease,
        position = case when s.holder = by then coalesce(done, s.position) else s.position end
    where s.holder is not distinct from by or s.held_until < clock_timestamp()
    returning s.* into scrub;
    if not found or at_most = 0 or (scrub.position is null and scrub.ended_at > clock_timestamp() - pause) then
        return;
    end if;
    return query
        select j.id, j.stored_path, j.file_size_bytes, encode(j.sha256, 'hex') from report_export_jobs j
        where j.state = 'ready' and j.id > coalesce(scrub.position, '00000000-0000-0000-0000-000000000000')
        order by j.id limit at_most;
    if not found then
        update penstock_scrub set position = null, ended_at = clock_timestamp();
    end if;
end $$;

CREATE FUNCTION tell_claims(ids uuid[], tokens uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify(
        'report_export_jobs',
        json_build_object('id', j.id, 'tenant_id', j.tenant_id, 'state', j.state, 'change', j.change_number)::text)
    from report_export_jobs j where j.id = any (ids) and j.claim_token = any (tokens);
end $$;

CREATE FUNCTION tell_schedule(schedule uuid, job_id uuid, code text, summary text) RETURNS void
    LANGUAGE sql
    AS $$
    update report_export_schedules
    set error_code = code, error_message = left(summary, 1000), error_at = schedule_clock()
    where id in (
        select id from report_export_schedules where id = schedule and last_job_id = job_id for update skip locked)
$$;

CREATE FUNCTION track_tenant() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_sort TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    was text := case when tg_op <> 'INSERT' then old.state end;
    becomes text := case when tg_op <> 'DELETE' then new.state end;
    tenant text := case when tg_op = 'DELETE' then old.tenant_id else new.tenant_id end;
    more_pending integer :=
        (becomes is not distinct from 'pending')::integer - (was is not distinct from 'pending')::integer;
    more_running integer :=
        (becomes is not distinct from 'processing')::integer - (was is not distinct from 'processing')::integer;
    more_open integer := coalesce(is_open(becomes), false)::integer - coalesce(is_open(was), false)::integer;
    now timestamptz;
    found_head timestamptz;
    block record;
    in_block integer;
    t record;
begin
    if tg_op <> 'INSERT' and more_pending = 0 and more_running = 0 and more_open = 0
        and (becomes is distinct from 'pending' or old.run_after = new.run_after) then
        return null;
    end if;
    if tg_op = 'DELETE' or becomes = was then
        perform pg_advisory_xact_lock(lock_number('changes'), hashtext(tenant));
    end if;
    now := clock_timestamp();
    select x.ctid as place, x.* into t from report_export_tenants x
    where x.tenant_id = tenant order by x.version desc limit 1;
    if not found then
        insert into report_export_tenants (tenant_id, pending, running, open, block_jobs, head_at, turn_at)
        values (tenant, more_pending, more_running, more_open, (tg_op = 'INSERT')::integer,
            case when more_pending = 1 then new.run_after else 'infinity' end,
            case when more_pending = 1 then greatest(new.run_after, now) else 'infinity' end);
        return null;
    end if;

    found_head := t.head_at;
    if was = 'pending' and old.run_after <= found_head then
        found_head := coalesce((
            select j.run_after from report_export_jobs j
            where j.tenant_id = tenant and j.state = 'pending' and j.run_after >= t.head_at
            order by j.run_after limit 1), 'infinity');
    end if;
    if becomes = 'pending' then
        found_head := least(found_head, new.run_after);
    end if;
    in_block := t.block_jobs;
    if tg_op = 'INSERT' then
        select b.first_at, b.first_serial into block from report_export_blocks b
        where b.tenant_id = tenant order by b.first_at desc, b.first_serial desc limit 1;
        in_block := case when block.first_at = new.requested_at and block.first_serial = new.serial then 1
            else t.block_jobs + 1 end;
    end if;

    update report_export_tenants x
    set version = t.version + 1, pending = t.pending + more_pending, running = t.running + more_running,
        open = t.open + more_open, block_jobs = in_block, head_at = found_head,
        turn_at = case when found_head = 'infinity' then found_head
                       when more_running <> 0 or t.pending = 0 then greatest(found_head, now)
                       else greatest(found_head, least(t.turn_at, now)) end
    where x.ctid = t.place;
    return null;
end $$;

CREATE FUNCTION wait_job(job_id uuid, token uuid, delay interval, interrupted boolean, code text, summary text, state_code text, detail text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
    update report_export_jobs
    set state = 'pending', claim_token = null, worker_id = null, attempts = attempts - 1, started_at = null,
        progress_done = 0, progress_total = null, parts_total = null, parts_ready = 0,
        run_after = clock_timestamp() + delay,
        waits = case when interrupted then 0 else waits + 1 end,
        interruptions = interruptions + case when interrupted then 1 else 0 end,
        attempt_error_code = code, attempt_error_summary = left(summary, 1000), attempt_sqlstate = state_code,
        attempt_error_detail = left(detail, 4000)
    where id = job_id and claim_token = token;
    return found;
end $$;

CREATE FUNCTION wanted_rows(ids uuid[]) RETURNS TABLE(rows_path text)
    LANGUAGE sql STABLE
    AS $$
    select j.rows_path from report_export_jobs j
    where j.id = any (ids) and j.rows_path is not null and j.rows_deleted_at is null
$$;

CREATE FUNCTION withdraw_reexport(tenant text, job_id uuid, gateway_request_id text DEFAULT NULL::text) RETURNS SETOF report_export_jobs
    LANGUAGE plpgsql
    AS $$
begin
    return query update report_export_jobs
        set state = 'cancelled', completed_at = clock_timestamp(), ended_by_request = left(gateway_request_id, 128)
        where tenant_id = tenant and id = job_id and reexport_of is not null and state = 'pending'
        returning *;
    if not found then
        return query select * from ended_by_request(tenant, job_id, 'cancelled', gateway_request_id);
    end if;
end $$;

CREATE FUNCTION zone_offset_at(zone text, instant bigint) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
    select extract(epoch from (to_timestamp(instant) at time zone zone) - (to_timestamp(instant) at time zone 'UTC'))::bigint
$$;

CREATE FUNCTION zone_offsets(zone text, first bigint, last bigint) RETURNS TABLE(at bigint, utc_offset bigint)
    LANGUAGE plpgsql STABLE
    AS $$
declare
    earlier bigint := first;
    later bigint;
    middle bigint;
begin
    at := first;
    utc_offset := zone_offset_at(zone, first);
    return next;
    while earlier < last loop
        later := least(earlier + 86400, last);
        if zone_offset_at(zone, later) <> utc_offset then
            at := later;
            while at - earlier > 1 loop
                middle := (earlier + at) / 2;
                if zone_offset_at(zone, middle) = utc_offset then earlier := middle; else at := middle; end if;
            end loop;
            utc_offset := zone_offset_at(zone, at);
            return next;
            earlier := at;
        else
            earlier := later;
        end if;
    end loop;
end $$;

CREATE TABLE penstock_api_keys (
    prefix text NOT NULL,
    key_hash bytea NOT NULL,
    name text NOT NULL,
    tenant_id text NOT NULL,
    permissions text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    revoked_at timestamp with time zone,
    expires_at timestamp with time zone,
    replaced_by text,
    claims jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT api_key_hash_length CHECK ((length(key_hash) = 32)),
    CONSTRAINT api_key_name_length CHECK (((length(name) >= 1) AND (length(name) <= 255)))
);

CREATE TABLE penstock_dispatchers (
    worker_id bigint NOT NULL,
    host text NOT NULL,
    kernel text,
    process text,
    alive_until timestamp with time zone NOT NULL,
    version text,
    workers integer,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT dispatcher_names_length CHECK (((length(host) <= 255) AND (length(kernel) <= 255) AND (length(process) <= 255))),
    CONSTRAINT dispatcher_version_length CHECK ((length(version) <= 100))
);

CREATE TABLE penstock_drains (
    host text NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE penstock_reach (
    only_row boolean DEFAULT true NOT NULL,
    started_at timestamp with time zone NOT NULL,
    since timestamp with time zone NOT NULL,
    renewed_at timestamp with time zone NOT NULL,
    CONSTRAINT reach_one_row CHECK (only_row)
);

CREATE TABLE penstock_roles (
    role_name text NOT NULL,
    part text NOT NULL
);

CREATE TABLE penstock_schema (
    version integer NOT NULL,
    name text NOT NULL,
    functions_md5 text,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    oldest_program integer
);

CREATE TABLE penstock_scrub (
    only_row boolean DEFAULT true NOT NULL,
    "position" uuid,
    holder uuid,
    held_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    ended_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT scrub_one_row CHECK (only_row)
);

CREATE TABLE penstock_storage (
    id uuid NOT NULL,
    bound_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    only_row boolean DEFAULT true NOT NULL,
    CONSTRAINT storage_one_row CHECK (only_row)
);

CREATE TABLE penstock_tenant_limits (
    tenant_id text NOT NULL,
    running integer,
    queued integer,
    until timestamp with time zone NOT NULL,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    set_by text NOT NULL,
    CONSTRAINT tenant_limits_length CHECK ((((length(tenant_id) >= 1) AND (length(tenant_id) <= 255)) AND ((length(set_by) >= 1) AND (length(set_by) <= 255)))),
    CONSTRAINT tenant_limits_positive CHECK (((LEAST(running, queued) > 0) AND (num_nonnulls(running, queued) > 0)))
);

CREATE TABLE penstock_users (
    name text NOT NULL,
    password_hash text NOT NULL,
    tenants text[] NOT NULL,
    permissions text[] DEFAULT '{}'::text[] NOT NULL,
    superuser boolean DEFAULT false NOT NULL,
    disabled boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    claims jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT user_name_length CHECK ((((length(name) >= 1) AND (length(name) <= 255)) AND (POSITION((':'::text) IN (name)) = 0))),
    CONSTRAINT user_tenants_present CHECK ((cardinality(tenants) > 0))
);

CREATE TABLE report_audit_checkpoints (
    chain text NOT NULL,
    link bigint NOT NULL,
    hash bytea NOT NULL,
    kid text NOT NULL,
    signature text NOT NULL,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT checkpoint_lengths CHECK (((length(hash) = 32) AND (length(kid) <= 32) AND (length(signature) <= 128)))
);

CREATE TABLE report_download_audit (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    tenant_id text,
    job_id uuid,
    subject text,
    via text NOT NULL,
    outcome text NOT NULL,
    status integer NOT NULL,
    remote_addr text,
    user_agent text,
    range text,
    request_id text,
    chain text NOT NULL,
    link bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_lengths CHECK (((length(remote_addr) <= 64) AND (length(user_agent) <= 512) AND (length(range) <= 256) AND (length(request_id) <= 128))),
    CONSTRAINT audit_outcome_length CHECK (((length(outcome) >= 1) AND (length(outcome) <= 64))),
    CONSTRAINT audit_via_word CHECK ((via ~ '^[a-z][a-z_]{0,31}$'::text))
);

ALTER TABLE report_download_audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME report_download_audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE report_download_transfers (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    tenant_id text,
    job_id uuid,
    request_id text NOT NULL,
    method text NOT NULL,
    status integer NOT NULL,
    bytes_sent bigint NOT NULL,
    range text,
    duration_ms bigint NOT NULL,
    completed boolean NOT NULL,
    remote_addr text,
    chain text NOT NULL,
    link bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT transfer_counts CHECK (((bytes_sent >= 0) AND (duration_ms >= 0))),
    CONSTRAINT transfer_lengths CHECK ((((length(request_id) >= 1) AND (length(request_id) <= 128)) AND (length(method) <= 32) AND (length(range) <= 256) AND (length(remote_addr) <= 64)))
);

ALTER TABLE report_download_transfers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME report_download_transfers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE report_export_blocks (
    tenant_id text NOT NULL,
    first_at timestamp with time zone NOT NULL,
    first_serial bigint NOT NULL,
    module text NOT NULL,
    catalog text NOT NULL,
    pending integer DEFAULT 0 NOT NULL,
    processing integer DEFAULT 0 NOT NULL,
    ready integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    cancelled integer DEFAULT 0 NOT NULL,
    expired integer DEFAULT 0 NOT NULL,
    other integer DEFAULT 0 NOT NULL,
    jobs integer GENERATED ALWAYS AS (((((((pending + processing) + ready) + failed) + cancelled) + expired) + other)) STORED NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    removed_failed integer DEFAULT 0 NOT NULL,
    removed_cancelled integer DEFAULT 0 NOT NULL,
    removed_expired integer DEFAULT 0 NOT NULL,
    removed_other integer DEFAULT 0 NOT NULL,
    removed integer GENERATED ALWAYS AS ((((removed_failed + removed_cancelled) + removed_expired) + removed_other)) STORED NOT NULL,
    CONSTRAINT block_counts_not_negative CHECK ((LEAST(pending, processing, ready, failed, cancelled, expired, other) >= 0)),
    CONSTRAINT block_removed_not_negative CHECK ((LEAST(removed_failed, removed_cancelled, removed_expired, removed_other) >= 0))
)
WITH (fillfactor='50');

CREATE SEQUENCE report_export_changes
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE report_export_counts (
    tenant_id text NOT NULL,
    field text NOT NULL,
    value text NOT NULL,
    first_at timestamp with time zone NOT NULL,
    first_serial bigint NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    jobs integer DEFAULT 0 NOT NULL,
    CONSTRAINT counted_field_known CHECK ((field = ANY (ARRAY['requester'::text, 'format'::text]))),
    CONSTRAINT counted_jobs_not_negative CHECK ((jobs >= 0))
)
WITH (fillfactor='50');

CREATE TABLE report_export_tenants (
    tenant_id text NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    pending integer DEFAULT 0 NOT NULL,
    running integer DEFAULT 0 NOT NULL,
    head_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    turn_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    open integer DEFAULT 0 NOT NULL,
    block_jobs integer DEFAULT 0 NOT NULL,
    CONSTRAINT tenant_counts_not_negative CHECK (((pending >= 0) AND (running >= 0))),
    CONSTRAINT tenant_open_not_negative CHECK ((open >= 0)),
    CONSTRAINT tenant_turn_after_head CHECK ((turn_at >= head_at))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='10000', autovacuum_vacuum_cost_delay='0');

CREATE TABLE report_lost_files (
    job_id uuid NOT NULL,
    file_name text NOT NULL,
    stored_path text NOT NULL,
    file_size_bytes bigint NOT NULL,
    row_count bigint NOT NULL,
    sha256 bytea NOT NULL,
    metadata json NOT NULL,
    completed_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    lost_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE report_mail_outbox (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    job_id uuid NOT NULL,
    tenant_id text NOT NULL,
    event text NOT NULL,
    recipient text NOT NULL,
    happened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp(),
    delivered_at timestamp with time zone,
    skipped boolean DEFAULT false NOT NULL,
    content text,
    link_ends_at timestamp with time zone,
    last_status integer,
    last_error text,
    CONSTRAINT mail_content_known CHECK ((content = ANY (ARRAY['link'::text, 'file'::text, 'notice'::text]))),
    CONSTRAINT mail_event_known CHECK ((event = ANY (ARRAY['ready'::text, 'failed'::text]))),
    CONSTRAINT mail_lengths CHECK ((((length(recipient) >= 3) AND (length(recipient) <= 254)) AND (length(last_error) <= 500))),
    CONSTRAINT mail_over_when_delivered CHECK (((delivered_at IS NULL) OR (due_at IS NULL)))
);

CREATE TABLE report_removed_schedules (
    id uuid NOT NULL,
    tenant_id text NOT NULL,
    request_id text NOT NULL,
    removed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT removed_schedule_lengths CHECK (((length(request_id) >= 1) AND (length(request_id) <= 128)))
);

CREATE TABLE report_webhook_outbox (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    job_id uuid NOT NULL,
    tenant_id text NOT NULL,
    event text NOT NULL,
    happened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    payload text,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp(),
    delivered_at timestamp with time zone,
    last_status integer,
    last_error text,
    CONSTRAINT outbox_error_length CHECK ((length(last_error) <= 500)),
    CONSTRAINT outbox_event_known CHECK ((event = ANY (ARRAY['report.ready'::text, 'report.failed'::text, 'report.cancelled'::text]))),
    CONSTRAINT outbox_over_when_delivered CHECK (((delivered_at IS NULL) OR (due_at IS NULL)))
);

ALTER TABLE ONLY report_download_audit
    ADD CONSTRAINT audit_link_once UNIQUE (chain, link);

ALTER TABLE ONLY penstock_api_keys
    ADD CONSTRAINT penstock_api_keys_pkey PRIMARY KEY (prefix);

ALTER TABLE ONLY penstock_dispatchers
    ADD CONSTRAINT penstock_dispatchers_pkey PRIMARY KEY (worker_id);

ALTER TABLE ONLY penstock_drains
    ADD CONSTRAINT penstock_drains_pkey PRIMARY KEY (host);

ALTER TABLE ONLY penstock_reach
    ADD CONSTRAINT penstock_reach_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY penstock_roles
    ADD CONSTRAINT penstock_roles_pkey PRIMARY KEY (role_name, part);

ALTER TABLE ONLY penstock_schema
    ADD CONSTRAINT penstock_schema_pkey PRIMARY KEY (version);

ALTER TABLE ONLY penstock_scrub
    ADD CONSTRAINT penstock_scrub_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY penstock_storage
    ADD CONSTRAINT penstock_storage_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY penstock_tenant_limits
    ADD CONSTRAINT penstock_tenant_limits_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY penstock_users
    ADD CONSTRAINT penstock_users_pkey PRIMARY KEY (name);

ALTER TABLE ONLY penstock_webhooks
    ADD CONSTRAINT penstock_webhooks_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY report_audit_checkpoints
    ADD CONSTRAINT report_audit_checkpoints_pkey PRIMARY KEY (chain);

ALTER TABLE ONLY report_download_audit
    ADD CONSTRAINT report_download_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY report_download_transfers
    ADD CONSTRAINT report_download_transfers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY report_export_blocks
    ADD CONSTRAINT report_export_blocks_pkey PRIMARY KEY (tenant_id, first_at, first_serial, module, catalog, version);

ALTER TABLE ONLY report_export_counts
    ADD CONSTRAINT report_export_counts_pkey PRIMARY KEY (tenant_id, field, value, first_at, first_serial, version);

ALTER TABLE ONLY report_export_jobs
    ADD CONSTRAINT report_export_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY report_export_jobs
    ADD CONSTRAINT report_export_jobs_serial_key UNIQUE (serial);

ALTER TABLE ONLY report_export_parts
    ADD CONSTRAINT report_export_parts_number_key UNIQUE (job_id, epoch, number);

ALTER TABLE ONLY report_export_parts
    ADD CONSTRAINT report_export_parts_pkey PRIMARY KEY (serial);

ALTER TABLE ONLY report_export_presets
    ADD CONSTRAINT report_export_presets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY report_export_schedules
    ADD CONSTRAINT report_export_schedules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY report_export_tenants
    ADD CONSTRAINT report_export_tenants_pkey PRIMARY KEY (tenant_id, version);

ALTER TABLE ONLY report_lost_files
    ADD CONSTRAINT report_lost_files_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY report_mail_outbox
    ADD CONSTRAINT report_mail_outbox_once UNIQUE (job_id, event, recipient);

ALTER TABLE ONLY report_mail_outbox
    ADD CONSTRAINT report_mail_outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY report_removed_schedules
    ADD CONSTRAINT report_removed_schedules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY report_webhook_outbox
    ADD CONSTRAINT report_webhook_outbox_job_key UNIQUE (job_id);

ALTER TABLE ONLY report_webhook_outbox
    ADD CONSTRAINT report_webhook_outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY report_download_transfers
    ADD CONSTRAINT transfer_link_once UNIQUE (chain, link);

ALTER TABLE ONLY report_download_transfers
    ADD CONSTRAINT transfer_request_once UNIQUE (request_id);

CREATE INDEX report_download_audit_job ON report_download_audit USING btree (job_id, id DESC) WHERE (job_id IS NOT NULL);

CREATE INDEX report_download_audit_request ON report_download_audit USING btree (request_id);

CREATE INDEX report_download_audit_tenant ON report_download_audit USING btree (tenant_id, id DESC);

CREATE INDEX report_download_transfers_tenant ON report_download_transfers USING btree (tenant_id, id DESC);

CREATE INDEX report_export_jobs_changes ON report_export_jobs USING btree (tenant_id, change_number);

CREATE INDEX report_export_jobs_created ON report_export_jobs USING btree (tenant_id, requested_at DESC, serial DESC) INCLUDE (id, state, format, module, catalog, removed_at);

CREATE INDEX report_export_jobs_dedupe ON report_export_jobs USING btree (tenant_id, requested_by, dedupe_hash, requested_at DESC) WHERE (dedupe_hash IS NOT NULL);

CREATE INDEX report_export_jobs_expiry ON report_export_jobs USING btree (expires_at) WHERE (state = 'ready'::text);

CREATE INDEX report_export_jobs_filter ON report_export_jobs USING btree (tenant_id, filter_sha256) WHERE ((filter_sha256 IS NOT NULL) AND (state = ANY (ARRAY['pending'::text, 'processing'::text, 'ready'::text])));

CREATE UNIQUE INDEX report_export_jobs_idempotency_key ON report_export_jobs USING btree (tenant_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX report_export_jobs_ready ON report_export_jobs USING btree (tenant_id, requested_at DESC, serial DESC) INCLUDE (state, expires_at, source, "interval", file_size_bytes) WHERE ((state = 'ready'::text) OR ((state = 'expired'::text) AND (file_deleted_at IS NULL)));

CREATE INDEX report_export_jobs_reexports ON report_export_jobs USING btree (tenant_id, id DESC) INCLUDE (state, reexport_of) WHERE (reexport_of IS NOT NULL);

CREATE INDEX report_export_jobs_reexports_of ON report_export_jobs USING btree (reexport_of, id DESC) WHERE (reexport_of IS NOT NULL);

CREATE UNIQUE INDEX report_export_jobs_request_id ON report_export_jobs USING btree (tenant_id, request_id) WHERE (request_id IS NOT NULL);

CREATE INDEX report_export_jobs_requester ON report_export_jobs USING btree (tenant_id, requested_by, requested_at DESC, serial DESC) INCLUDE (id, state, format);

CREATE INDEX report_export_jobs_rows ON report_export_jobs USING btree (rows_expire_at) WHERE ((rows_path IS NOT NULL) AND (rows_deleted_at IS NULL));

CREATE INDEX report_export_jobs_rows_in_use ON report_export_jobs USING btree (reexport_rows_path) WHERE ((reexport_rows_path IS NOT NULL) AND (state = ANY (ARRAY['pending'::text, 'processing'::text])));

CREATE INDEX report_export_jobs_running ON report_export_jobs USING btree (worker_id, tenant_id) WHERE (state = 'processing'::text);

CREATE UNIQUE INDEX report_export_jobs_schedule_due ON report_export_jobs USING btree (schedule_id, schedule_due_at) WHERE (schedule_id IS NOT NULL);

CREATE INDEX report_export_jobs_tenant_claim ON report_export_jobs USING btree (tenant_id, run_after, id) WHERE (state = 'pending'::text);

CREATE INDEX report_export_jobs_tenant_rows ON report_export_jobs USING btree (tenant_id) INCLUDE (rows_size) WHERE ((rows_path IS NOT NULL) AND (rows_deleted_at IS NULL));

CREATE INDEX report_export_jobs_undeleted ON report_export_jobs USING btree (expires_at) WHERE ((state = 'expired'::text) AND (file_deleted_at IS NULL));

CREATE INDEX report_export_jobs_waiting ON report_export_jobs USING btree (run_after) WHERE ((state = 'pending'::text) AND (waits > 0));

CREATE INDEX report_export_presets_owner ON report_export_presets USING btree (tenant_id, created_by);

CREATE UNIQUE INDEX report_export_presets_request_id ON report_export_presets USING btree (tenant_id, request_id) WHERE (request_id IS NOT NULL);

CREATE INDEX report_export_presets_tenant ON report_export_presets USING btree (tenant_id, id DESC);

CREATE INDEX report_export_schedules_fire ON report_export_schedules USING btree (fire_at) WHERE (fire_at IS NOT NULL);

CREATE UNIQUE INDEX report_export_schedules_request_id ON report_export_schedules USING btree (tenant_id, request_id) WHERE (request_id IS NOT NULL);

CREATE INDEX report_export_schedules_tenant ON report_export_schedules USING btree (tenant_id, id DESC);

CREATE INDEX report_export_tenants_turn ON report_export_tenants USING btree (running, turn_at) WHERE (pending > 0);

CREATE INDEX report_mail_outbox_due ON report_mail_outbox USING btree (tenant_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX report_mail_outbox_happened ON report_mail_outbox USING btree (happened_at DESC, id);

CREATE INDEX report_mail_outbox_over ON report_mail_outbox USING btree (happened_at) WHERE (due_at IS NULL);

CREATE INDEX report_webhook_outbox_due ON report_webhook_outbox USING btree (tenant_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX report_webhook_outbox_happened ON report_webhook_outbox USING btree (happened_at DESC, id);

CREATE INDEX report_webhook_outbox_over ON report_webhook_outbox USING btree (happened_at) WHERE (due_at IS NULL);

CREATE TRIGGER report_download_audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON report_download_audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

ALTER TABLE report_download_audit ENABLE ALWAYS TRIGGER report_download_audit_append_only;

CREATE TRIGGER report_download_audit_link BEFORE INSERT ON report_download_audit FOR EACH ROW EXECUTE FUNCTION link_audit('downloads');

ALTER TABLE report_download_audit ENABLE ALWAYS TRIGGER report_download_audit_link;

CREATE TRIGGER report_download_audit_removal AFTER DELETE ON report_download_audit REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_removal();

ALTER TABLE report_download_audit ENABLE ALWAYS TRIGGER report_download_audit_removal;

CREATE TRIGGER report_download_transfers_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON report_download_transfers FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

ALTER TABLE report_download_transfers ENABLE ALWAYS TRIGGER report_download_transfers_append_only;

CREATE TRIGGER report_download_transfers_link BEFORE INSERT ON report_download_transfers FOR EACH ROW EXECUTE FUNCTION link_audit('transfers');

ALTER TABLE report_download_transfers ENABLE ALWAYS TRIGGER report_download_transfers_link;

CREATE TRIGGER report_download_transfers_removal AFTER DELETE ON report_download_transfers REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_removal();

ALTER TABLE report_download_transfers ENABLE ALWAYS TRIGGER report_download_transfers_removal;

CREATE TRIGGER report_export_jobs_count AFTER INSERT OR DELETE OR UPDATE OF state, removed_at ON report_export_jobs FOR EACH ROW EXECUTE FUNCTION count_block();

CREATE TRIGGER report_export_jobs_count_values AFTER INSERT OR DELETE ON report_export_jobs FOR EACH ROW EXECUTE FUNCTION count_values();

CREATE TRIGGER report_export_jobs_mail AFTER UPDATE OF state ON report_export_jobs FOR EACH ROW WHEN (((new.request ? 'deliver'::text) AND (old.completed_at IS NULL) AND (new.completed_at IS NOT NULL) AND (new.state = ANY (ARRAY['ready'::text, 'failed'::text])))) EXECUTE FUNCTION queue_mail();

CREATE TRIGGER report_export_jobs_notify_insert AFTER INSERT ON report_export_jobs FOR EACH ROW EXECUTE FUNCTION notify_job();

CREATE TRIGGER report_export_jobs_notify_state AFTER UPDATE OF state, removed_at ON report_export_jobs FOR EACH ROW WHEN ((((old.state IS DISTINCT FROM new.state) OR (old.removed_at IS DISTINCT FROM new.removed_at)) AND (new.state <> 'processing'::text))) EXECUTE FUNCTION notify_job();

CREATE TRIGGER report_export_jobs_number_insert BEFORE INSERT ON report_export_jobs FOR EACH ROW EXECUTE FUNCTION number_change();

CREATE TRIGGER report_export_jobs_number_state BEFORE UPDATE OF state, removed_at ON report_export_jobs FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) OR (old.removed_at IS DISTINCT FROM new.removed_at))) EXECUTE FUNCTION number_change();

CREATE TRIGGER report_export_jobs_track AFTER INSERT OR UPDATE OF state, run_after ON report_export_jobs FOR EACH ROW EXECUTE FUNCTION track_tenant();

CREATE TRIGGER report_export_jobs_track_removal AFTER DELETE ON report_export_jobs FOR EACH ROW WHEN ((old.completed_at IS NULL)) EXECUTE FUNCTION track_tenant();

CREATE TRIGGER report_export_jobs_webhook AFTER UPDATE OF state ON report_export_jobs FOR EACH ROW WHEN ((new.notify AND (old.completed_at IS NULL) AND (new.completed_at IS NOT NULL))) EXECUTE FUNCTION queue_webhook();

ALTER TABLE ONLY report_export_jobs
    ADD CONSTRAINT report_export_jobs_reexport_of_fkey FOREIGN KEY (reexport_of) REFERENCES report_export_jobs(id);

ALTER TABLE ONLY report_export_parts
    ADD CONSTRAINT report_export_parts_job_id_fkey FOREIGN KEY (job_id) REFERENCES report_export_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY report_lost_files
    ADD CONSTRAINT report_lost_files_job_id_fkey FOREIGN KEY (job_id) REFERENCES report_export_jobs(id) ON DELETE CASCADE;
