-- Tenants, users, zones, services and drivers.

insert into tenants select tenant_id, name, choices.first_moment() - interval '3 years' from choices.tenant;

-- Users are numbered through: customers from 1, drivers from 100001, staff from 200001.
create table choices.person as
select t.tenant_id, t.seed, r.role::user_role, r.base + g as n, t.seed * 10000000 + r.base + g as hash,
    choices.key(t.tenant_id || '/user/' || r.base + g) as id
from choices.tenant t
cross join (values
    ('customer', 0, 4000), ('driver', 100000, 300), ('dispatcher', 200000, 20), ('warehouse', 210000, 60), ('admin', 220000, 3)
) as r (role, base, share)
cross join lateral generate_series(1, greatest(ceil(r.share * t.scale), 3)::int) as g;

insert into users
select id, tenant_id, role, choices.full_name(hash),
    case when choices.chance(hash, 1, 930) then role || '.' || n || '@' || tenant_id || '.example' end,
    case when choices.chance(hash, 2, 900) then '+47' || 40000000 + choices.pick(hash, 3, 59999999) else '' end,
    choices.chance(hash, 4, 960),
    case when role <> 'customer' then date '1960-01-01' + choices.pick(hash, 5, 16000) end,
    choices.first_moment() - make_interval(secs => choices.pick(hash, 6, 90000000) + 0.000001 * choices.pick(hash, 7, 999999))
from choices.person;

insert into zones
select choices.key(t.tenant_id || '/zone/' || g), t.tenant_id,
    (array['Oslo sentrum', 'Grünerløkka', 'Frogner', 'Bærum øst', 'Bærum vest', 'Follo', 'Romerike', 'Bergen, Årstad',
           'Tromsø "øya"', '=Zone 10', 'Лофотен', '北区 (North)'])[g],
    'Z-' || lpad(g::text, 3, '0'), choices.first_moment() - interval '2 years'
from choices.tenant t cross join generate_series(1, 12) g;

insert into services
select choices.key(t.tenant_id || '/service/' || g), t.tenant_id,
    (array['Express', 'Same day', 'Next day', 'Økonomi', 'Cold chain', 'Bulky goods'])[g],
    (array[249.00, 189.50, 129.00, 79.90, 349.00, 599.00])[g], choices.first_moment() - interval '2 years'
from choices.tenant t cross join generate_series(1, 6) g;

insert into drivers
select choices.key(tenant_id || '/driver/' || n - 100000), tenant_id, id,
    case when choices.chance(hash, 10, 950) then choices.key(tenant_id || '/zone/' || choices.pick(hash, 11, 12)) end,
    '0' || lpad(choices.pick(hash, 12, 999999999)::text, 10, '0'),
    (array['van', 'bicycle', 'electric van', 'truck', 'moped', null])[choices.pick(hash, 13, 6)],
    case when choices.chance(hash, 14, 900) then 1 + choices.pick(hash, 15, 400) / 100.0 end,
    choices.chance(hash, 16, 700), date '2018-01-01' + choices.pick(hash, 17, 2800),
    choices.first_moment() - make_interval(hours => choices.pick(hash, 18, 20000))
from choices.person where role = 'driver';
