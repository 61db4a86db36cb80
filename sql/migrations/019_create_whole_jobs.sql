-- create_job makes a job whole and returns its row. The functions that patched a new job go, and so do those whose
-- parameters or result changed: they would stand beside the new ones otherwise.
drop function if exists create_job(
    uuid, text, text, text, text, text, text, text, jsonb, bytea, text, text, integer, integer);
drop function if exists create_job(
    uuid, text, text, text, text, text, text, text, jsonb, bytea, text, text, integer, integer, bigint, boolean, text,
    text, uuid, timestamptz);
drop function if exists fire_schedule(
    uuid, timestamptz, timestamptz, interval, uuid, text, text, jsonb, bytea, integer, integer, bigint);
drop function if exists set_filter_file(uuid, text, integer, bytea);
drop function if exists mark_request(uuid, bytea);
drop function if exists make_reexport(text, uuid, uuid, json, text, date, text, bytea);
drop function if exists find_identical_job(text, text, bytea, interval, text, text);
