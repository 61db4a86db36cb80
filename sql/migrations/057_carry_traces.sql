-- Where the request of a job stands in its caller's trace (W3C Trace Context), for the log and the message about the
-- job. Null for a job of a schedule, of an operator or of a release before.
alter table report_export_jobs add column traceparent text
    constraint job_traceparent_form check (traceparent ~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');

-- It has a parameter more, which calls of the last release leave out.
drop function if exists create_job(
    uuid, text, text, text, text, text, text, text, jsonb, bytea, text, text, integer, integer, bigint, boolean, text,
    text, uuid, timestamptz, text, integer, bytea, bytea, interval, uuid, json, text, date, text, bytea, bigint, text,
    jsonb);
-- It answers more than before. Programs of the release before read what they know by name.
drop function if exists claim_webhooks(integer, integer, text[], interval);
