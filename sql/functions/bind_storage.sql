-- Purpose: bind a storage folder's id to this database, once.
-- Returns: the id that is bound: the folder's, or the one that was bound before.
-- Locks: the row's primary key; of two that bind at the same time the second gets the first one's id.
-- Index: penstock_storage_pkey.
create or replace function bind_storage(storage uuid) returns uuid language plpgsql as $$
begin
    insert into penstock_storage (id) values (storage) on conflict do nothing;
    return (select id from penstock_storage);
end $$;
