-- Purpose: what an event stream missed: a tenant's jobs that changed after event `after`, in the order of their
--          changes, each once, as it is now. A few seconds of overlap cover changes that committed out of order; an
--          event that comes twice says the same thing twice.
-- Index: report_export_jobs_changes.
create or replace function changed_jobs(tenant text, after bigint)
returns setof report_export_jobs language sql stable as $$
    select * from report_export_jobs
    where tenant_id = tenant and change_number > after - 1000
      and (change_number > after or changed_at > clock_timestamp() - interval '5 s')
    order by change_number limit 1000
$$;
