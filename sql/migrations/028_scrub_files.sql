-- How far the slow reading of all ready files has come, and which housekeeper is at it. One row.
create table penstock_scrub (
    only_row   boolean     not null default true constraint penstock_scrub_pkey primary key,
    -- The last job whose file was read; null between two passes.
    position   uuid,
    holder     uuid,
    held_until timestamptz not null default '-infinity',
    -- When the last pass was over.
    ended_at   timestamptz not null default '-infinity',
    constraint scrub_one_row check (only_row)
);

-- It returns the digest too, without which a file that is back is not believed.
drop function if exists lost_files(uuid);
