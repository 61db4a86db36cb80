-- They take the place after which a page begins, which hosts of the last release leave out.
drop function if exists deletable_files(interval);
drop function if exists deletable_rows(interval);
