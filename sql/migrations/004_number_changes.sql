-- A number for each change of state, rising: the id of its event. A reader that was away asks for what came after the
-- number it saw last. Two sessions may commit in the other order than they drew their numbers; changed_at lets a reader
-- look a little further back.
create sequence report_export_changes;
alter table report_export_jobs
    add column change_number bigint not null default 0,
    add column changed_at timestamptz not null default clock_timestamp();
create index report_export_jobs_changes on report_export_jobs (tenant_id, change_number);

create function number_change() returns trigger language plpgsql as $$
begin
    new.change_number := nextval('report_export_changes');
    new.changed_at := clock_timestamp();
    return new;
end $$;
-- Fires on the state column alone: a progress update draws no number and stays HOT.
create trigger report_export_jobs_number_insert before insert on report_export_jobs
    for each row execute function number_change();
create trigger report_export_jobs_number_state before update of state on report_export_jobs
    for each row when (old.state is distinct from new.state) execute function number_change();
