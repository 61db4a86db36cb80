-- The audit says by the surface's own name which way an attempt came. The names stand in the program's table of
-- endpoints alone, so that a surface can be added without a change here.
alter table report_download_audit drop constraint audit_via_known,
    add constraint audit_via_word check (via ~ '^[a-z][a-z_]{0,31}$');
