-- Purpose: link a new row of the audit to the one before it in its chain (migration 014 says how), as the trigger of
--          both tables of the audit. Where all rows of the chain have gone, its checkpoint stands for the one before.
-- Parameter: of the trigger, the chain's kind: 'downloads' or 'transfers'.
-- Locks: one insert of a chain at a time (advisory lock to the end of the transaction), so that each row finds the one
--        before it. Two transactions at once of another isolation than READ COMMITTED meet the unique constraint.
-- Indexes: audit_link_once, transfer_link_once, report_audit_checkpoints_pkey.
create or replace function link_audit() returns trigger language plpgsql as $$
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
end $$;
