-- Rows written by hand: what the API document's examples show, and values that stand at some edge.

-- John Driver of the document: in the first week of May 2026 he has 24 offers that are pending or accepted, the last at
-- 2026-05-07T10:30:00Z for DEL-1001.
insert into users values
    ('00000000-0000-4000-8000-000000000001', 'acme-logistics', 'driver', 'John Driver', 'john.driver@acme-logistics.example',
        '+4791234567', true, '1984-02-29', '2024-02-29 12:00:00+00'),
    ('00000000-0000-4000-8000-000000000002', 'acme-logistics', 'customer', '=cmd|''/c calc''!A1', '', '', true, null, '2024-02-29 12:00:00+00'),
    ('00000000-0000-4000-8000-000000000003', 'acme-logistics', 'customer', E'Line\r\nBreak, "Quote"; Tab\t', null, null, false, null, '1969-12-31 23:59:59.999999+00'),
    ('00000000-0000-4000-8000-000000000004', 'nordlys-frakt', 'customer', 'Never shown to acme-logistics', null, null, true, null, '2024-02-29 12:00:00+00');

insert into drivers values
    ('00000000-0000-4000-8000-000000000011', 'acme-logistics', '00000000-0000-4000-8000-000000000001',
        choices.key('acme-logistics/zone/1'), '00012345678', 'van', 4.75, true, '2024-03-01', '2024-03-01 08:00:00+00');

create function choices.order_with(code text, status delivery_status, created_at timestamptz, note text default null,
    tenant text default 'acme-logistics', customer uuid default '00000000-0000-4000-8000-000000000002') returns delivery_orders language sql
return row(
    choices.key(created_at, tenant || '/' || code), tenant, code, '000000000000000042', 370000000000000042, status, customer,
    null, choices.key(tenant || '/zone/1'), choices.key(tenant || '/service/1'), 'Kari Nordmann', '+4722222222', E'Karl Johans gate 1\n0154 Oslo',
    '0154', 'Oslo', note, 1, 1.5, 100.10, 20.0200, null, 'NOK', 'card', 'paid', null, null, '{}', created_at::date, null, null,
    created_at, created_at, null)::delivery_orders;

insert into delivery_orders
select (o).* from (
    select choices.order_with('DEL-' || 1000 + g, 'assigned', timestamptz '2026-05-07 10:30:00+00' - (g - 1) * interval '6 hours 30 minutes' - interval '32 minutes') as o
    from generate_series(1, 24) g
    union all
    select choices.order_with(code, status::delivery_status, created_at::timestamptz, note)
    from (values
        -- Around the clock changes of Europe/Oslo: the hour that does not exist, and the hour that comes twice.
        ('DEL-DST-1', 'delivered', '2026-03-29 00:59:59.999999+00', 'last microsecond of winter time'),
        ('DEL-DST-2', 'delivered', '2026-03-29 01:00:00+00', 'first moment of summer time'),
        ('DEL-DST-3', 'delivered', '2026-10-25 00:30:00+00', '02:30 for the first time'),
        ('DEL-DST-4', 'delivered', '2026-10-25 01:30:00+00', '02:30 for the second time'),
        ('DEL-DST-5', 'delivered', '2025-10-26 00:59:59.999999+00', 'last microsecond of summer time'),
        ('DEL-DST-6', 'delivered', '2025-10-26 01:00:00+00', 'first moment of winter time'),
        -- Around midnight, in UTC and in Oslo: what an inclusive date range must hold.
        ('DEL-DAY-1', 'in_transit', '2026-04-30 22:00:00+00', 'May begins in Oslo'),
        ('DEL-DAY-2', 'in_transit', '2026-04-30 23:59:59.999999+00', 'last microsecond of April in UTC'),
        ('DEL-DAY-3', 'in_transit', '2026-05-01 00:00:00+00', 'May begins in UTC'),
        ('DEL-DAY-4', 'in_transit', '2026-05-07 21:59:59.999999+00', 'last microsecond of 7 May in Oslo'),
        ('DEL-DAY-5', 'in_transit', '2026-05-07 23:59:59.999999+00', 'last microsecond of 7 May in UTC'),
        ('DEL-DAY-6', 'in_transit', '2026-05-08 00:00:00+00', 'the day after'),
        -- Text that must come out as it went in.
        ('=1+1', 'delivered', '2026-05-02 10:00:00+00', '=1+1'),
        ('+DEL', 'delivered', '2026-05-02 10:00:01+00', '-5'),
        ('DEL,"quoted"', 'delivered', '2026-05-02 10:00:02+00', E'\\.'),
        ('DEL-BLANK', 'delivered', '2026-05-02 10:00:03+00', ''),
        ('DEL-NULL', 'delivered', '2026-05-02 10:00:04+00', null),
        ('DEL-LONG', 'delivered', '2026-05-02 10:00:05+00', repeat('Ærlig talt 🚚 ', 4000)),
        ('DEL-BREAKS', 'delivered', '2026-05-02 10:00:06+00', E'\n\r\n\r,;"\t\\\u0001\u007F\uFEFF'),
        ('DEL-ZWJ', 'delivered', '2026-05-02 10:00:07+00', '👩‍👩‍👧‍👦 🇳🇴 é')
    ) as e (code, status, created_at, note)
    union all
    select choices.order_with('DEL-1001', 'assigned', '2026-05-07 09:58:00+00', 'The same code in another tenant', 'nordlys-frakt', '00000000-0000-4000-8000-000000000004')
) edges;

update delivery_orders set price = 9999999999.99, tax = 9999999999.9999, discount = -9999999999.99, barcode = 999999999999999999,
    customer_id = '00000000-0000-4000-8000-000000000003', window_start = '23:59:59.999999', pickup_local = '2026-03-29 02:30:00',
    attributes = '{"a\"b": [1.10, 12345678901234567890, null, true, "line\nbreak"], "ø": {"nested": "=1+1"}}'
where tenant_id = 'acme-logistics' and delivery_code = 'DEL-LONG';
update delivery_orders set price = 0, tax = -0.0001, weight_kg = 0.001, barcode = 0, planned_date = '2024-02-29', pickup_local = '2026-10-25 02:30:00.5'
where tenant_id = 'acme-logistics' and delivery_code = 'DEL-BLANK';

insert into driver_assignments
select choices.key('edge/assignment/' || g), 'acme-logistics', o.id, '00000000-0000-4000-8000-000000000011',
    case when g % 3 = 0 then 'pending' else 'accepted' end::assignment_status, o.created_at + interval '32 minutes',
    case when g % 3 <> 0 then o.created_at + interval '33 minutes' end, 1, 12.50, 189.00, null, o.created_at + interval '32 minutes'
from generate_series(1, 24) g join delivery_orders o on o.tenant_id = 'acme-logistics' and o.delivery_code = 'DEL-' || 1000 + g;

update delivery_orders set driver_id = '00000000-0000-4000-8000-000000000011', driver = '{"name": "John Driver", "vehicle": "van"}'
where tenant_id = 'acme-logistics' and delivery_code ~ '^DEL-10(0[1-9]|1[0-9]|2[0-4])$';
