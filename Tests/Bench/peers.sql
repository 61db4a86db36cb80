-- The tables and the statements by which two other queues of PostgreSQL claim jobs, as their own sources have them
-- (riverqueue/river: JobGetAvailable, JobSetStateIfRunning; graphile/worker 0.16: get_job, complete_job), with the
-- columns that these touch; both know no tenants. Each statement ends at an empty line.
set client_min_messages = error;
drop table if exists river_job, graphile_jobs;

create table river_job (
    id bigserial primary key, state text not null default 'available', attempt smallint not null default 0,
    max_attempts smallint not null default 25, attempted_at timestamptz, created_at timestamptz not null default now(),
    finalized_at timestamptz, scheduled_at timestamptz not null default now(), priority smallint not null default 1,
    args jsonb not null, attempted_by text[], errors jsonb[], kind text not null, metadata jsonb not null default '{}',
    queue text not null default 'default', tags text[] not null default '{}');
create index river_job_kind on river_job (kind);
create index river_job_state_and_finalized_at on river_job (state, finalized_at) where finalized_at is not null;
create index river_job_prioritized_fetching on river_job (state, queue, priority, scheduled_at, id);
create index river_job_args on river_job using gin (args);
create index river_job_metadata on river_job using gin (metadata);
insert into river_job (kind, args) select 'export', '{"columns": ["a", "b", "c"]}' from generate_series(1, :jobs);

create table graphile_jobs (
    id bigserial primary key, job_queue_id integer, task_id integer not null, payload json not null default '{}',
    priority smallint not null default 0, run_at timestamptz not null default now(), attempts smallint not null default 0,
    max_attempts smallint not null default 25, last_error text, created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(), key text unique, locked_at timestamptz, locked_by text,
    revision integer not null default 0, flags jsonb,
    is_available boolean generated always as (locked_at is null and attempts < max_attempts) stored not null);
create index graphile_jobs_main on graphile_jobs (priority, run_at) include (id, task_id, job_queue_id)
    where is_available = true;
create index graphile_jobs_no_queue on graphile_jobs (priority, run_at) include (id, task_id)
    where is_available = true and job_queue_id is null;
insert into graphile_jobs (task_id, payload) select 1, '{"columns": ["a", "b", "c"]}' from generate_series(1, :jobs);
vacuum analyze river_job, graphile_jobs;

/* What pgbench runs.
-- claim river
with claimed as (
    select * from river_job where state = 'available' and queue = 'default' and scheduled_at <= now()
    order by priority, scheduled_at, id limit :at_once for update skip locked)
update river_job set state = 'running', attempt = river_job.attempt + 1, attempted_at = now(),
    attempted_by = array_append(river_job.attempted_by, 'client')
from claimed where river_job.id = claimed.id returning river_job.id \aset
update river_job set state = 'completed', finalized_at = now() where id = :id and state = 'running';

-- claim graphile
with claimed as (
    select id from graphile_jobs where is_available = true and run_at <= now() and task_id = any (array[1])
    order by priority, run_at limit :at_once for update skip locked)
update graphile_jobs jobs set attempts = jobs.attempts + 1, locked_by = 'client', locked_at = now()
from claimed where jobs.id = claimed.id returning jobs.id \aset
delete from graphile_jobs where id = :id;

*/
