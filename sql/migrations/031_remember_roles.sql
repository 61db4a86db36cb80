-- The roles that work with these tables, and as what part of the service, so that each migration gives them what it
-- brings (grant_roles).
create table penstock_roles (
    role_name text not null,
    part      text not null,
    constraint penstock_roles_pkey primary key (role_name, part)
);

-- Those that `migrate --role` has given rights to before.
insert into penstock_roles
select distinct r.rolname, 'service'
from pg_class c cross join lateral aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
where c.oid = 'report_export_jobs'::regclass and a.privilege_type = 'INSERT' and a.grantee <> c.relowner;

drop function if exists grant_service(text);
