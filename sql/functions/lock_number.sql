-- Purpose: the register of the advisory locks that transactions take, in the two-key form: the number is the first key.
-- Parameters: purpose, here with the second key in brackets:
--             claims (1)                            shared by claim_jobs; claim_job of the last release takes it alone
--             tenant (hashtext of the tenant)       one job or schedule of a tenant is added at a time
--             changes (hashtext of the tenant)      one change of a tenant's jobs is numbered at a time: number_change
--             audit chain (hashtext of its name)    one row of a chain is added at a time: link_audit
-- Returns: the number. Another purpose is an error (22P02), since a lock of NULL would be none.
-- The locks of sessions are of the one-key form, which never meets these: Sources/Migration/AdvisoryLock.swift.
create or replace function lock_number(purpose text) returns integer language sql immutable parallel safe as $$
    select case purpose
        when 'claims' then 1346718803
        when 'tenant' then 1346718804
        when 'changes' then 1346718807
        when 'audit chain' then 1346718806
        else ('no lock has the purpose ' || purpose)::integer end
$$;
