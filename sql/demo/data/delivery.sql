-- Delivery orders and the offers to drivers. Order n of a tenant is the n-th in time.

create table choices.size as
select tenant_id, count(*) filter (where role = 'customer')::int as customers, count(*) filter (where role = 'driver')::int as drivers,
    count(*) filter (where role = 'warehouse')::int as pickers
from choices.person group by tenant_id;

create table choices.crew as
select p.tenant_id, p.n - 100000 as n, choices.key(p.tenant_id || '/driver/' || p.n - 100000) as id, u.full_name, d.vehicle
from choices.person p join users u using (id) join drivers d on d.user_id = p.id where p.role = 'driver';

analyze choices.tenant, choices.size, choices.crew;

insert into delivery_orders
select choices.key(o.created_at, o.tenant_id || '/order/' || o.n), o.tenant_id, 'DEL-' || 100000 + o.n,
    case when choices.chance(h, 20, 100) then null when choices.chance(h, 21, 500) then lpad((hashint8extended(h, 22) & 4294967295)::text, 18, '0')
         else (370000000000000000 + (hashint8extended(h, 23) & 9007199254740991))::text end,
    370000000000000000 + (hashint8extended(h, 24) & 9007199254740991),
    o.status,
    choices.key(o.tenant_id || '/user/' || choices.pick(h, 25, s.customers)),
    c.id,
    choices.key(o.tenant_id || '/zone/' || choices.pick(h, 26, 12)),
    choices.key(o.tenant_id || '/service/' || o.service),
    choices.full_name(h + 50000000),
    case when choices.chance(h, 27, 880) then '+47' || 40000000 + choices.pick(h, 28, 59999999) when choices.chance(h, 29, 500) then '' end,
    (array['Storgata ', 'Kirkeveien ', 'Bjørnstjerne Bjørnsons plass ', 'Øvre Slottsgate ', 'Åsgårdsveien ', 'Rue de l''Église ']
        )[choices.pick(h, 30, 6)] || choices.pick(h, 31, 180)
        || case when choices.chance(h, 32, 150) then E'\n' || choices.pick(h, 33, 9) || '. etasje, oppgang "' || chr(64 + choices.pick(h, 34, 6)) || '"' else '' end,
    lpad(choices.pick(h, 35, 9990)::text, 4, '0'),
    choices.city(h), choices.note(h),
    1 + choices.pick(h, 36, 40) / 8, choices.pick(h, 37, 90000) / 1000.0,
    o.price, round(o.price * 0.25 / 1.25, 4),
    case when choices.chance(h, 38, 120) then - choices.pick(h, 39, 9000) / 100.0 end,
    case when choices.chance(h, 40, 30) then 'SEK' else 'NOK' end,
    (enum_range(null::payment_method))[choices.pick(h, 41, 4)],
    case when o.status = 'delivered' then 'paid' when o.status in ('failed', 'returned', 'cancelled') then 'refunded'
         when choices.chance(h, 42, 500) then 'authorised' else 'unpaid' end::payment_status,
    case when choices.chance(h, 43, 850) then choices.chance(h, 44, 300) end,
    case when c.id is not null then jsonb_build_object('name', c.full_name, 'vehicle', c.vehicle) end,
    case when choices.chance(h, 45, 200) then jsonb_build_object('fragile', choices.chance(h, 46, 500), 'temperature', choices.pick(h, 47, 12) - 4,
            'tags', jsonb_build_array('a,b', 'æøå', choices.pick(h, 48, 9)))
         else '{}' end,
    (o.created_at + make_interval(days => choices.pick(h, 49, 4)))::date,
    case when choices.chance(h, 50, 600) then make_time(7 + choices.pick(h, 51, 12), 15 * (choices.pick(h, 52, 4) - 1), 0) end,
    case when o.status not in ('pending', 'cancelled')
         then date_trunc('second', (o.created_at + make_interval(mins => choices.pick(h, 53, 600))) at time zone 'Europe/Oslo') end,
    o.created_at, o.created_at + make_interval(secs => choices.pick(h, 54, 200000) + choices.pick(h, 55, 999999) / 1000000.0),
    case when o.status = 'delivered' then o.created_at + make_interval(secs => 1800 + choices.pick(h, 56, 172800)) end
from (
    select t.tenant_id, n, h, choices.moment(n, t.orders) as created_at, choices.pick(h, 57, 6) as service,
        case when choices.chance(h, 58, 8) then - choices.pick(h, 59, 50000) else choices.pick(h, 60, 250000) end / 100.0::numeric(12, 2) as price,
        -- The latest orders are still under way; of the older ones nearly all have arrived, a few never will.
        case when n > t.orders - t.orders / 50 then (array['pending', 'pending', 'accepted', 'assigned', 'assigned', 'picked_up', 'in_transit', 'in_transit'])[choices.pick(h, 61, 8)]
             when choices.chance(h, 62, 780) then 'delivered'
             else (array['pending', 'accepted', 'assigned', 'in_transit', 'in_transit', 'failed', 'failed', 'returned', 'cancelled', 'cancelled'])[choices.pick(h, 63, 10)]
        end::delivery_status as status
    from choices.tenant t cross join lateral generate_series(1, t.orders) n cross join lateral (select t.seed * 100000000 + n as h) hash
    offset 0 -- keeps the planner from computing the moment again for every column that uses it
) o
join choices.size s using (tenant_id)
cross join lateral (
    select case when o.status not in ('pending', 'accepted', 'cancelled') then choices.pick(h, 64, s.drivers) end as driver
) taken
left join choices.crew c on c.tenant_id = o.tenant_id and c.n = taken.driver
order by o.tenant_id, o.n;

-- Between a quarter and a third of the orders were offered to a driver through the system.
insert into driver_assignments
select choices.key(a.assignment_time, a.id::text || '/assignment'), a.tenant_id, a.id, coalesce(a.driver_id, choices.key(a.tenant_id || '/driver/' || choices.pick(h, 70, s.drivers))),
    a.status, a.assignment_time,
    case when a.status not in ('pending', 'expired') then a.assignment_time + make_interval(secs => choices.pick(h, 71, 900)) end,
    choices.pick(h, 72, 3), choices.pick(h, 73, 9000) / 100.0,
    case when choices.chance(h, 74, 10) then - choices.pick(h, 75, 9999) else choices.pick(h, 76, 60000) end / 100.0,
    choices.note(h + 1), a.assignment_time
from (
    select o.tenant_id, o.id, o.driver_id, h, o.created_at + make_interval(secs => 30 + choices.pick(h, 77, 7200)) as assignment_time,
        case when o.status in ('delivered', 'failed', 'returned') then case when choices.chance(h, 78, 850) then 'completed' else 'accepted' end
             when o.status in ('assigned', 'picked_up', 'in_transit') then 'accepted'
             when o.status = 'cancelled' then 'cancelled'
             else (array['pending', 'pending', 'rejected', 'expired'])[choices.pick(h, 79, 4)] end::assignment_status as status
    from delivery_orders o cross join lateral (select hashtextextended(o.delivery_code || o.tenant_id, 1) as h) hash
    where choices.chance(h, 80, 273)
) a
join choices.size s using (tenant_id)
order by a.tenant_id, a.assignment_time;
