-- Purpose: the beginning of the next chain that is older than a time, as far as one batch goes.
-- Parameters: kind, 'downloads' or 'transfers'; after, the chain before; older, the time that all of it is before.
-- Returns: the chain and the last link of the batch, no row when no further chain has such a beginning.
-- Indexes: audit_link_once, transfer_link_once.
create or replace function audit_prefix(kind text, after text, older timestamptz, at_most integer)
returns table (chain text, link bigint, hash text) language plpgsql as $$
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
end $$;
