-- What was removed from a chain of the audit because its time was over: the last link of it, and the program's
-- signature, from which `penstock audit verify` goes on. One row a chain; it only moves forward.
create table report_audit_checkpoints (
    chain      text        not null constraint report_audit_checkpoints_pkey primary key,
    link       bigint      not null,
    hash       bytea       not null,
    kid        text        not null,
    -- Over chain, link and hash; hexadecimal (Sources/Audit/AuditCheckpoint.swift).
    signature  text        not null,
    changed_at timestamptz not null default clock_timestamp(),
    constraint checkpoint_lengths check (length(hash) = 32 and length(kid) <= 32 and length(signature) <= 128)
);

-- A row may go when a checkpoint stands for it; anything else is refused as before.
create or replace function refuse_audit_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and exists (select from report_audit_checkpoints) then
        return null;
    end if;
    raise exception 'the download audit is append-only' using errcode = 'insufficient_privilege';
end $$;
create function refuse_audit_removal() returns trigger language plpgsql as $$
begin
    if exists (
            select from gone g left join report_audit_checkpoints c on c.chain = g.chain
            where c.link is null or c.link < g.link) then
        raise exception 'the download audit is append-only' using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
create trigger report_download_audit_removal after delete on report_download_audit
    referencing old table as gone for each statement execute function refuse_audit_removal();
create trigger report_download_transfers_removal after delete on report_download_transfers
    referencing old table as gone for each statement execute function refuse_audit_removal();
alter table report_download_audit enable always trigger report_download_audit_removal;
alter table report_download_transfers enable always trigger report_download_transfers_removal;
