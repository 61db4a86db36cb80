-- Purpose: take the beginning of a chain away, with a signed checkpoint in its place, together or not at all.
-- Parameters: kind, 'downloads' or 'transfers'; last and last_hash, the last link that goes.
-- Returns: how many rows went.
-- Locks: the checkpoint's row and the rows; none that an insert into the audit waits for.
-- Indexes: audit_link_once, transfer_link_once, report_audit_checkpoints_pkey.
create or replace function remove_audit(
    kind text, of_chain text, last bigint, last_hash text, by_kid text, signed text
) returns bigint language plpgsql as $$
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
end $$;
