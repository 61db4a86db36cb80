-- Purpose: why a schedule may not fire in its owner's name any more; null when it may.
-- Parameter: age, for owners of a gateway or an identity provider, about whom nobody can be asked: how long after the
--            last sign of their right the schedule goes on; null for ever. A sign is a change of the schedule by the
--            owner, and each export that the owner asked for.
-- Indexes: report_export_schedules_pkey, penstock_users_pkey, penstock_api_keys_pkey, report_export_jobs_requester.
create or replace function schedule_obstacle(schedule uuid, age interval) returns text language sql stable as $$
    select case
        when not holds_right(s.created_with, s.created_by, s.tenant_id, 'export:reports') then 'rights_lost'
        when s.created_with in ('gateway', 'bearer') and s.confirmed_at < clock_timestamp() - age
            and not exists (
                select from report_export_jobs j
                where j.tenant_id = s.tenant_id and j.requested_by = s.created_by
                  and j.requested_at >= clock_timestamp() - age and j.source = 'manual'
                  and j.requested_with in ('gateway', 'bearer')) then 'rights_unconfirmed'
        end
    from report_export_schedules s where s.id = schedule
$$;
