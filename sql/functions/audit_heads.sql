-- Purpose: the last link of each chain of the audit: what has to be kept elsewhere to prove that nothing was cut off.
-- Indexes: audit_link_once, transfer_link_once.
create or replace function audit_heads() returns table (chain text, link bigint, hash text) language sql stable as $$
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
