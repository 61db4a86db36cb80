-- Warehouses, what lies in them and what comes and goes.

insert into warehouses
select choices.key(t.tenant_id || '/warehouse/' || g), t.tenant_id,
    (array['Alnabru', 'Gardermoen Cargo', 'Bergen havn', 'Trondheim "Sentrallager"', 'Tromsø, nord', 'Kjølelager Ås', 'Берген 2', '上海仓库'])[g],
    'WH-' || lpad(g::text, 2, '0'),
    (array['active', 'active', 'active', 'active', 'maintenance', 'active', 'closed', 'active'])[g]::warehouse_status,
    case when g <> 5 then 'Industriveien ' || g || E'\nPort ' || g end, lpad((g * 517)::text, 4, '0'), choices.city(t.seed * 100 + g),
    case when g <> 7 then 1200.5 * g end, case when g % 3 <> 0 then make_time(5 + g % 4, 30, 0) end,
    date '2009-03-01' + g * 307, g % 4 = 0, choices.first_moment() - make_interval(days => 900 - g),
    choices.moment(t.seed * 10 + g * 40, 400)
from choices.tenant t cross join generate_series(1, 8) g;

insert into suppliers
select choices.key(t.tenant_id || '/supplier/' || g), t.tenant_id,
    (array['Nordic Paper', 'Møbelringen', 'Société Générale d''Outillage', 'Größe & Söhne GmbH', '東京電気', 'ООО «Север»', '=Supplier Ltd', 'Łódź Tools'])[1 + g % 8] || ' ' || g,
    case when g % 7 <> 0 then '0' || lpad(choices.pick(g, 130, 99999999)::text, 8, '0') end,
    (array['NO', 'SE', 'FR', 'DE', 'JP', 'RU', 'GB', 'PL'])[1 + g % 8], choices.first_moment() - make_interval(days => g)
from choices.tenant t cross join generate_series(1, 60) g;

insert into categories
select choices.key(t.tenant_id || '/category/' || g), t.tenant_id,
    (array['Tools', 'Furniture', 'Electronics', 'Food, dry', 'Food, cold', 'Klær', 'Bøker', '玩具', 'Chemicals', 'Spare parts'])[g],
    choices.first_moment()
from choices.tenant t cross join generate_series(1, 10) g;

create table choices.stocked as
select t.tenant_id, t.seed, g as n, t.seed * 1000000 + g as h, choices.key(t.tenant_id || '/item/' || g) as id
from choices.tenant t cross join lateral generate_series(1, greatest(ceil(5000 * t.scale), 20)::int) g;

insert into inventory_items
select i.id, i.tenant_id, choices.key(i.tenant_id || '/warehouse/' || choices.pick(h, 140, 8)), main.id,
    case when choices.chance(h, 141, 960) then choices.key(i.tenant_id || '/supplier/' || choices.pick(h, 142, 60)) end,
    lpad((h % 1000000)::text, 8, '0'),
    (array['Skrutrekker', 'Étagère', 'Kabel 2,5 mm²', 'Chair "Oslo"', '螺丝', 'Kaffe ½ kg', 'Hammer', 'Bok: «Sult»', 'Pump; 12 V', '-10° freezer box'])[choices.pick(h, 143, 10)] || ' ' || i.n,
    case when choices.chance(h, 144, 900) then main.name || case when choices.chance(h, 145, 300) and other.name <> main.name then '; ' || other.name else '' end end,
    case when choices.chance(h, 146, 800) then lpad((hashint8extended(h, 147) & 9999999999)::text, 13, '0') end,
    choices.pick(h, 148, 9000000) / 10000.0, case when choices.chance(h, 149, 900) then choices.pick(h, 150, 50000) / 1000.0 end,
    choices.chance(h, 151, 40),
    case when choices.chance(h, 152, 300) then jsonb_build_object('colour', (array['rød', 'blå', 'grønn'])[choices.pick(h, 153, 3)], 'size', choices.pick(h, 154, 60)) end,
    choices.first_moment() - make_interval(hours => choices.pick(h, 155, 9000)), choices.moment(choices.pick(h, 156, 100000), 100000)
from choices.stocked i
join categories main on main.id = choices.key(i.tenant_id || '/category/' || choices.pick(i.h, 157, 10))
join categories other on other.id = choices.key(i.tenant_id || '/category/' || choices.pick(i.h, 158, 10))
order by i.tenant_id, i.n;

insert into inventory_stock
select choices.key(i.tenant_id || '/stock/' || i.n || '/' || w), i.tenant_id, choices.key(i.tenant_id || '/warehouse/' || 1 + (i.n + w * 3) % 8), i.id,
    chr(65 + choices.pick(h + w, 160, 12)) || '-' || lpad(choices.pick(h + w, 161, 99)::text, 2, '0') || '-' || choices.pick(h + w, 162, 5),
    choices.pick(h + w, 163, 400) - 5, choices.pick(h + w, 164, 30) - 1, choices.pick(h + w, 165, 900000000) / 10000.0,
    case when choices.chance(h + w, 166, 250) then date '2026-01-15' + choices.pick(h + w, 167, 900) end,
    date_trunc('minute', choices.moment(choices.pick(h + w, 168, 100000), 100000) at time zone 'Europe/Oslo'),
    choices.moment(choices.pick(h + w, 169, 100000), 100000)
from choices.stocked i cross join generate_series(1, 2) w
order by i.tenant_id, i.n;

insert into inventory_transactions
select choices.key(m.created_at, m.tenant_id || '/transaction/' || m.n), m.tenant_id,
    choices.key(m.tenant_id || '/warehouse/' || choices.pick(h, 170, 8)), choices.key(m.tenant_id || '/item/' || choices.pick(h, 171, m.items)),
    case when choices.chance(h, 172, 900) then choices.key(m.tenant_id || '/user/' || 210000 + choices.pick(h, 173, s.pickers)) end,
    m.type, m.quantity, case when choices.chance(h, 174, 950) then m.cost end, round(m.cost * m.quantity, 2),
    case when choices.chance(h, 175, 850) then lpad(choices.pick(h, 176, 99999999)::text, 10, '0') end, choices.note(h + 3),
    case when choices.chance(h, 177, 400) then 900000000000000000 + (hashint8extended(h, 178) & 9007199254740991) end, m.created_at
from (
    select t.tenant_id, n, h, choices.moment(n, t.total) as created_at, greatest(ceil(5000 * t.scale), 20)::int as items,
        kind.type, kind.sign * choices.pick(h, 179, 50) as quantity, choices.pick(h, 180, 9000000) / 10000.0::numeric(12, 4) as cost
    from (select *, greatest(ceil(95000 * scale), 50)::bigint as total from choices.tenant) t
    cross join lateral generate_series(1, t.total) n cross join lateral (select t.seed * 100000000 + n as h) hash
    join (values (1, 'receipt', 1), (2, 'receipt', 1), (3, 'pick', -1), (4, 'pick', -1), (5, 'pick', -1), (6, 'transfer_in', 1),
                 (7, 'transfer_out', -1), (8, 'adjustment', 1), (9, 'adjustment', -1), (10, 'write_off', -1)) as k (slot, type, sign)
        on k.slot = choices.pick(h, 181, 10)
    cross join lateral (select k.type::transaction_type as type, k.sign) kind
    offset 0
) m
join choices.size s using (tenant_id)
order by m.tenant_id, m.n;

insert into receiving_orders
select choices.key(r.created_at, r.tenant_id || '/receiving/' || r.n), r.tenant_id, 'RCV-' || lpad(r.n::text, 6, '0'),
    choices.key(r.tenant_id || '/warehouse/' || choices.pick(h, 190, 8)),
    case when choices.chance(h, 191, 970) then choices.key(r.tenant_id || '/supplier/' || choices.pick(h, 192, 60)) end,
    r.status, (r.created_at + make_interval(days => choices.pick(h, 193, 20)))::date,
    case when r.status in ('arrived', 'partially_received', 'received') then r.created_at + make_interval(secs => choices.pick(h, 194, 1700000) + 0.000001 * choices.pick(h, 195, 999999)) end,
    choices.pick(h, 196, 33), choices.pick(h, 197, 90000000) / 100.0 - 5000,
    case when choices.chance(h, 198, 800) then choices.chance(h, 199, 200) end, choices.note(h + 5), r.created_at
from (
    select t.tenant_id, n, h, choices.moment(n, t.total) as created_at,
        case when n > t.total * 0.97 then 'pending' when choices.chance(h, 200, 820) then 'received'
             else (array['pending', 'arrived', 'partially_received', 'cancelled'])[choices.pick(h, 201, 4)] end::receiving_status as status
    from (select *, greatest(ceil(8000 * scale), 40)::bigint as total from choices.tenant) t
    cross join lateral generate_series(1, t.total) n cross join lateral (select t.seed * 100000000 + n as h) hash
) r
order by r.tenant_id, r.n;

insert into picking_orders
select choices.key(p.created_at, p.tenant_id || '/picking/' || p.n), p.tenant_id, 'PICK-' || 10000 + p.n,
    choices.key(p.tenant_id || '/warehouse/' || choices.pick(h, 210, 8)), p.delivery_id,
    case when p.status <> 'pending' then choices.key(p.tenant_id || '/user/' || 210000 + choices.pick(h, 211, s.pickers)) end,
    p.status, choices.pick(h, 212, 24), choices.chance(h, 213, 90), choices.note(h + 7),
    p.created_at + make_interval(hours => 4 * choices.pick(h, 214, 6)),
    case when p.status in ('packed', 'shipped') then p.created_at + make_interval(secs => choices.pick(h, 215, 80000)) end, p.created_at
from (
    select o.tenant_id, row_number() over (partition by o.tenant_id order by o.created_at, o.id) as n, h,
        case when choices.chance(h, 216, 950) then o.id end as delivery_id, o.created_at + interval '95 seconds' as created_at,
        case when o.status in ('delivered', 'in_transit', 'failed', 'returned') then 'shipped' when o.status = 'cancelled' then 'cancelled'
             else (array['pending', 'picking', 'picked', 'packed'])[choices.pick(h, 217, 4)] end::picking_status as status
    from delivery_orders o cross join lateral (select hashtextextended(o.delivery_code || o.tenant_id, 2) as h) hash
    where choices.chance(h, 218, 100)
) p
join choices.size s using (tenant_id)
order by p.tenant_id, p.n;
