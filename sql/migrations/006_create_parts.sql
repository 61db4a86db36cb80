-- The parts of a large export: ranges of its key, made side by side by several processes and joined into one file. The
-- rows of the attempt that runs, or ran last, are kept; those of an earlier one go when the next one plans.
--
-- States:  pending → processing → ready. What a part is when its job has ended otherwise, list_parts says; no row is
--          touched for it.
-- A part that is ready may have a file of its own while its job is processing; that goes with the job's end.
create table report_export_parts (
    -- Of the same sequence as the jobs' serial: one number names a job or a part, never both.
    serial          bigint      not null default nextval('report_export_jobs_serial_seq')
        constraint report_export_parts_pkey primary key,
    job_id          uuid        not null references report_export_jobs (id) on delete cascade,
    -- Of the attempt that it is a part of.
    epoch           integer     not null,
    -- From 1, in the order of the file.
    number          integer     not null,
    state           text        not null default 'pending',
    -- The sort column's value in its first row, and that of the next part's; null at either end of the table.
    first_key       text,
    end_key         text,
    -- Where its rows begin in the file, from 0, and how many they are, once the ranges have been counted.
    first_row       bigint,
    row_count       bigint,
    stored_path     text,
    file_size_bytes bigint,
    sha256          bytea,
    created_at      timestamptz not null default clock_timestamp(),
    started_at      timestamptz,
    completed_at    timestamptz,
    constraint report_export_parts_number_key unique (job_id, epoch, number),
    constraint part_state_known check (state in ('pending', 'processing', 'ready')),
    constraint part_number_positive check (number > 0),
    constraint part_rows_not_negative check (first_row >= 0 and row_count >= 0),
    constraint part_started_when_begun check ((state = 'pending') = (started_at is null)),
    constraint part_completed_when_ready check ((state = 'ready') = (completed_at is not null)),
    constraint part_counted_when_ready check (state <> 'ready' or row_count is not null),
    constraint part_file_when_ready check
        (num_nulls(stored_path, file_size_bytes, sha256) in (0, 3) and (stored_path is null or state = 'ready')),
    constraint part_sha256_length check (length(sha256) = 32)
) with (fillfactor = 70);

-- How many parts the running attempt has, and how many of them are ready; no index holds them, so counting is HOT.
alter table report_export_jobs
    add column parts_total integer,
    add column parts_ready integer not null default 0,
    add constraint job_parts_in_range check (parts_ready between 0 and coalesce(parts_total, 0)),
    add constraint job_parts_when_begun check (state <> 'pending' or parts_total is null);
