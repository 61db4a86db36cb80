-- Purpose: a host takes no more jobs; what it has running it finishes. Its dispatchers learn it when they renew their
--          lease, within 3 s, and so does one that starts.
-- Returns: whether a dispatcher of the host has lived within the last hour; if none has, nothing is changed.
-- Locks: the row.
-- Indexes: penstock_drains_pkey.
create or replace function drain_host(name text) returns boolean language plpgsql as $$
begin
    if not exists (select from list_hosts() h where h.host = name) then return false; end if;
    insert into penstock_drains (host) values (name) on conflict (host) do nothing;
    return true;
end $$;
