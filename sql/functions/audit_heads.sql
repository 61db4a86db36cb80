-- Purpose: the last link of each chain of the audit: what has to be kept elsewhere to prove that nothing was cut off.
-- Indexes: audit_link_once, transfer_link_once.
create or replace function audit_heads() returns table (chain text, link bigint, hash text) language sql stable as $$
    (select distinct on (a.chain) a.chain, a.link, encode(a.hash, 'hex') from report_download_audit a
     order by a.chain, a.link desc)
    union all
    (select distinct on (t.chain) t.chain, t.link, encode(t.hash, 'hex') from report_download_transfers t
     order by t.chain, t.link desc)
$$;
