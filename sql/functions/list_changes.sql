-- Purpose: a page of what an event stream has not told yet: a tenant's jobs that changed after a change, in the order
--          of their last changes, each once, as it is now. Nothing older than a row that is seen can come later
--          (number_change).
-- Index: report_export_jobs_changes.
create or replace function list_changes(tenant text, after bigint, page integer)
returns setof shown_jobs language sql stable as $$
    select * from shown_jobs where tenant_id = tenant and change_number > after order by change_number limit page
$$;
