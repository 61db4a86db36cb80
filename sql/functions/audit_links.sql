-- Purpose: a page of the audit's rows in the order of their chains, for a verifier.
-- Parameters: what to read, 'downloads' or 'transfers', and the chain and link after which to go on.
-- Returns: an array of the columns as the canonical form has them, behind chain, link and hash.
-- Indexes: audit_link_once, transfer_link_once.
create or replace function audit_links(kind text, after_chain text, after_link bigint, at_most integer)
returns table (chain text, link bigint, hash text, fields jsonb) language sql stable as $$
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
