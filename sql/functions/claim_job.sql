-- Purpose: take one due job, and tell of it, as programs of the last release do.
-- Returns, locks: as claim_jobs.
create or replace function claim_job(worker bigint, tenant_limit integer)
returns setof report_export_jobs language plpgsql as $$
declare
    claimed report_export_jobs;
begin
    for claimed in select * from claim_jobs(worker, tenant_limit, 1) loop
        perform tell_claims(array[claimed.id], array[claimed.claim_token]);
        return next claimed;
    end loop;
end $$;
