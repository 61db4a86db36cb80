-- Purpose: what each part of the service may do with which table: one row a table and right.
-- Parts: service, all of it in one role; engine, the processes that make exports and clean up (dispatcher, scheduler,
--        housekeeper); responder, those that answer requests, hold streams and record transfers; webhooks; auditor, for
--        `penstock audit`; reader, for `penstock jobs` and lists of operators.
-- Locks: none.
-- Returns: only_columns where the right is for some columns: password hashes, keys and secrets are read by few.
create or replace function part_grants()
returns table (part text, relation text, privilege text, only_columns text) language sql stable as $$
    select p.part, g.relation, r.privilege, g.only_columns
    from (values
        ('engine', 'report_export_jobs', 'select insert update delete', null),
        ('engine responder', 'penstock_tenant_limits', 'select', null),
        ('engine responder', 'report_export_tenants', 'select insert update', null),
        ('engine responder', 'report_export_blocks', 'select insert update delete', null),
        ('engine responder', 'report_export_counts', 'select insert update delete', null),
        ('engine', 'report_export_parts', 'select insert update delete', null),
        ('engine', 'report_export_schedules', 'select update', null),
        ('engine', 'report_lost_files', 'select insert update delete', null),
        ('engine', 'report_webhook_outbox', 'select insert update delete', null),
        ('engine', 'report_mail_outbox', 'select insert update delete', null),
        ('engine', 'report_download_audit', 'select insert', null),
        ('engine', 'report_audit_checkpoints', 'select', null),
        ('engine', 'penstock_dispatchers', 'select insert update delete', null),
        ('engine responder', 'penstock_drains', 'select', null),
        ('engine', 'penstock_reach', 'select insert update delete', null),
        ('engine', 'penstock_scrub', 'select insert update', null),
        ('engine', 'penstock_storage', 'select insert update delete', null),
        ('engine webhooks', 'penstock_users', 'select', 'name, tenants, permissions, superuser, disabled, claims'),
        ('engine webhooks', 'penstock_api_keys', 'select',
            'prefix, tenant_id, permissions, claims, revoked_at, expires_at, replaced_by'),
        ('engine responder', 'penstock_webhooks', 'select', 'tenant_id, disabled_at'),
        -- For administrators, who see no secret.
        ('responder', 'penstock_webhooks', 'select', 'url, changed_at'),
        ('responder', 'report_export_jobs', 'select insert update', null),
        ('responder', 'report_export_parts', 'select', null),
        ('responder', 'report_export_schedules', 'select insert update delete', null),
        ('responder', 'report_removed_schedules', 'select insert delete', null),
        ('responder', 'report_export_presets', 'select insert update delete', null),
        ('responder', 'report_lost_files', 'select delete', null),
        ('responder', 'report_webhook_outbox', 'insert', null),
        -- For figures, and for administrators.
        ('responder', 'report_webhook_outbox', 'select',
            'id, job_id, tenant_id, event, happened_at, attempts, due_at, delivered_at, last_status, last_error'),
        ('responder', 'report_mail_outbox', 'select', null),
        ('responder', 'penstock_dispatchers', 'select', null),
        ('responder', 'report_download_audit', 'select insert', null),
        ('responder', 'report_download_transfers', 'select insert', null),
        ('responder', 'report_audit_checkpoints', 'select', null),
        ('responder', 'penstock_users', 'select', null),
        ('responder', 'penstock_api_keys', 'select', null),
        ('responder reader', 'shown_jobs', 'select', null),
        ('webhooks', 'report_webhook_outbox', 'select update delete', null),
        ('webhooks', 'report_mail_outbox', 'select update delete', null),
        -- An e-mail is a way to a file, and stands in the audit.
        ('webhooks', 'report_download_audit', 'select insert', null),
        ('webhooks', 'report_audit_checkpoints', 'select', null),
        ('webhooks', 'penstock_webhooks', 'select', null),
        ('webhooks', 'penstock_webhooks', 'update', 'disabled_at'),
        ('webhooks', 'report_export_jobs', 'select', null),
        ('webhooks', 'report_export_jobs', 'update', 'notified_at'),
        ('auditor', 'report_download_audit', 'select', null),
        ('auditor', 'report_download_transfers', 'select', null),
        ('auditor', 'report_audit_checkpoints', 'select', null),
        ('reader', 'report_export_jobs', 'select', null),
        ('reader', 'report_export_blocks', 'select', null),
        ('reader', 'report_export_tenants', 'select', null),
        ('reader', 'penstock_tenant_limits', 'select', null),
        ('reader', 'report_export_parts', 'select', null),
        ('reader', 'report_export_schedules', 'select', null),
        ('reader', 'report_export_presets', 'select', null),
        ('reader', 'report_webhook_outbox', 'select', null),
        ('reader', 'report_mail_outbox', 'select', null),
        ('reader', 'penstock_dispatchers', 'select', null),
        ('reader', 'penstock_drains', 'select', null),
        ('engine responder webhooks auditor reader', 'penstock_schema', 'select', null)
    ) g (parts, relation, privileges, only_columns)
    cross join lateral string_to_table(g.parts, ' ') p (part)
    cross join lateral string_to_table(g.privileges, ' ') r (privilege)
    union all
    -- The audit is only added to, whoever runs everything.
    select 'service', c.relname, r.privilege, null
    from pg_class c
    cross join lateral string_to_table(
        case
            when c.relname in ('report_download_audit', 'report_download_transfers') then 'select insert'
            when c.relkind = 'v' or c.relname in ('penstock_schema', 'penstock_roles', 'report_audit_checkpoints')
                then 'select'
            else 'select insert update delete'
        end, ' ') r (privilege)
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v')
      and (c.relname like 'report\_%' or c.relname like 'penstock\_%' or c.relname = 'shown_jobs')
$$;
