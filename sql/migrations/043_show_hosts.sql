-- What a host says of itself when it renews its lease, for `penstock hosts`: null from programs of the release before.
alter table penstock_dispatchers
    add column version text,
    add column workers integer,
    add column started_at timestamptz not null default clock_timestamp(),
    add constraint dispatcher_version_length check (length(version) <= 100);

-- The function has two parameters more, with defaults, and programs of the release before call it as they did.
drop function if exists renew_lease(bigint, text, text, text);
