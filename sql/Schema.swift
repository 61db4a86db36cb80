/// The SQL files of this folder, compiled into the program: `penstock migrate` needs no file at run time, and a binary
/// can never meet another version's functions.
package enum Schema {
    /// A file's name without its ending, and its text.
    package typealias File = (name: String, text: String)

    /// Forward-only steps; a step's version is its place in this list, from 1.
    package static var migrations: [File] {
        [
            ("001_create_jobs", text(PackageResources._01_create_jobs_sql)),
            ("002_create_identities", text(PackageResources._02_create_identities_sql)),
            ("003_create_download_audit", text(PackageResources._03_create_download_audit_sql)),
            ("004_number_changes", text(PackageResources._04_number_changes_sql)),
            ("005_bind_storage", text(PackageResources._05_bind_storage_sql)),
            ("006_create_parts", text(PackageResources._06_create_parts_sql)),
            ("007_keep_rows", text(PackageResources._07_keep_rows_sql)),
            ("008_create_reexports", text(PackageResources._08_create_reexports_sql)),
            ("009_list_surfaces", text(PackageResources._09_list_surfaces_sql)),
            ("010_notices_and_origins", text(PackageResources._10_notices_and_origins_sql)),
            ("011_create_schedules", text(PackageResources._11_create_schedules_sql)),
            ("012_create_webhooks", text(PackageResources._12_create_webhooks_sql)),
            ("013_filter_files", text(PackageResources._13_filter_files_sql)),
            ("014_chain_audit", text(PackageResources._14_chain_audit_sql)),
            ("015_stored_rows", text(PackageResources._15_stored_rows_sql)),
            ("016_tell_attempts", text(PackageResources._16_tell_attempts_sql)),
        ]
    }

    /// `create or replace` functions, applied whole after the migrations, in any order.
    package static var functions: [File] {
        [
            ("abort_reexport", text(PackageResources.abort_reexport_sql)),
            ("audit_heads", text(PackageResources.audit_heads_sql)),
            ("audit_links", text(PackageResources.audit_links_sql)),
            ("bind_storage", text(PackageResources.bind_storage_sql)),
            ("bound_storage", text(PackageResources.bound_storage_sql)),
            ("cancel_job", text(PackageResources.cancel_job_sql)),
            ("changed_jobs", text(PackageResources.changed_jobs_sql)),
            ("claim_job", text(PackageResources.claim_job_sql)),
            ("count_parts", text(PackageResources.count_parts_sql)),
            ("create_job", text(PackageResources.create_job_sql)),
            ("deletable_files", text(PackageResources.deletable_files_sql)),
            ("deletable_rows", text(PackageResources.deletable_rows_sql)),
            ("expire_jobs", text(PackageResources.expire_jobs_sql)),
            ("fail_job", text(PackageResources.fail_job_sql)),
            ("filter_source", text(PackageResources.filter_source_sql)),
            ("find_identical_job", text(PackageResources.find_identical_job_sql)),
            ("find_published_job", text(PackageResources.find_published_job_sql)),
            ("finish_job", text(PackageResources.finish_job_sql)),
            ("finish_part", text(PackageResources.finish_part_sql)),
            ("get_job", text(PackageResources.get_job_sql)),
            ("get_job_by_serial", text(PackageResources.get_job_by_serial_sql)),
            ("job_version", text(PackageResources.job_version_sql)),
            ("keep_rows", text(PackageResources.keep_rows_sql)),
            ("lose_file", text(PackageResources.lose_file_sql)),
            ("ready_files", text(PackageResources.ready_files_sql)),
            ("latest_change", text(PackageResources.latest_change_sql)),
            ("grant_service", text(PackageResources.grant_service_sql)),
            ("list_downloads", text(PackageResources.list_downloads_sql)),
            ("list_jobs", text(PackageResources.list_jobs_sql)),
            ("list_parts", text(PackageResources.list_parts_sql)),
            ("list_ready_parts", text(PackageResources.list_ready_parts_sql)),
            ("list_recent_jobs", text(PackageResources.list_recent_jobs_sql)),
            ("list_records", text(PackageResources.list_records_sql)),
            ("list_reports", text(PackageResources.list_reports_sql)),
            ("mark_request", text(PackageResources.mark_request_sql)),
            ("list_kept_rows", text(PackageResources.list_kept_rows_sql)),
            ("list_reexports", text(PackageResources.list_reexports_sql)),
            ("make_reexport", text(PackageResources.make_reexport_sql)),
            ("mark_notified", text(PackageResources.mark_notified_sql)),
            ("notify_job", text(PackageResources.notify_job_sql)),
            ("plan_parts", text(PackageResources.plan_parts_sql)),
            ("record_deletion", text(PackageResources.record_deletion_sql)),
            ("record_download", text(PackageResources.record_download_sql)),
            ("record_transfers", text(PackageResources.record_transfers_sql)),
            ("record_progress", text(PackageResources.record_progress_sql)),
            ("record_rows_deletion", text(PackageResources.record_rows_deletion_sql)),
            ("recover_jobs", text(PackageResources.recover_jobs_sql)),
            ("release_job", text(PackageResources.release_job_sql)),
            ("release_unknown_claims", text(PackageResources.release_unknown_claims_sql)),
            ("retry_job", text(PackageResources.retry_job_sql)),
            ("running_jobs", text(PackageResources.running_jobs_sql)),
            ("set_filter_file", text(PackageResources.set_filter_file_sql)),
            ("start_part", text(PackageResources.start_part_sql)),
            ("change_schedule", text(PackageResources.change_schedule_sql)),
            ("create_schedule", text(PackageResources.create_schedule_sql)),
            ("due_schedule", text(PackageResources.due_schedule_sql)),
            ("fire_schedule", text(PackageResources.fire_schedule_sql)),
            ("get_schedule", text(PackageResources.get_schedule_sql)),
            ("list_schedules", text(PackageResources.list_schedules_sql)),
            ("remove_schedule", text(PackageResources.remove_schedule_sql)),
            ("schedule_clock", text(PackageResources.schedule_clock_sql)),
            ("claim_webhooks", text(PackageResources.claim_webhooks_sql)),
            ("queue_webhook", text(PackageResources.queue_webhook_sql)),
            ("set_webhook", text(PackageResources.set_webhook_sql)),
            ("settle_webhook", text(PackageResources.settle_webhook_sql)),
            ("zone_offsets", text(PackageResources.zone_offsets_sql)),
            ("stored_files", text(PackageResources.stored_files_sql)),
            ("wait_job", text(PackageResources.wait_job_sql)),
            ("wanted_rows", text(PackageResources.wanted_rows_sql)),
            ("withdraw_reexport", text(PackageResources.withdraw_reexport_sql)),
        ]
    }

    /// The version that this program speaks.
    package static var version: Int { migrations.count }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
