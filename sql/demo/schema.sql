-- The demo application's own database: a delivery company with warehouses, as a customer of Penstock might have it.
-- Nothing in here knows of Penstock. Every table carries tenant_id; keys that cross tables carry it too, so that no row
-- can point into another tenant. Keys, indexes and foreign keys follow the rows: see data/keys.sql.
--
-- Load both files into an empty database:   psql -1 -f schema.sql -f data.sql

create type user_role as enum ('customer', 'driver', 'dispatcher', 'warehouse', 'admin');
create type delivery_status as enum (
    'pending', 'accepted', 'assigned', 'picked_up', 'in_transit', 'delivered', 'failed', 'returned', 'cancelled');
create type payment_method as enum ('card', 'invoice', 'vipps', 'cash_on_delivery');
create type payment_status as enum ('unpaid', 'authorised', 'paid', 'refunded');
create type assignment_status as enum (
    'pending', 'accepted', 'rejected', 'expired', 'completed', 'cancelled');
create type receiving_status as enum ('pending', 'arrived', 'partially_received', 'received', 'cancelled');
create type picking_status as enum ('pending', 'picking', 'picked', 'packed', 'shipped', 'cancelled');
create type transaction_type as enum ('receipt', 'pick', 'transfer_in', 'transfer_out', 'adjustment', 'write_off');
create type warehouse_status as enum ('active', 'maintenance', 'closed');

create table tenants (
    tenant_id  text not null,
    name       text not null,
    created_at timestamptz not null
);

create table users (
    id         uuid not null,
    tenant_id  text not null,
    role       user_role not null,
    full_name  text not null,
    email      text,
    phone      text,
    is_active  boolean not null default true,
    birth_date date,
    created_at timestamptz not null
);

-- What the application's /users/customers endpoint reads.
create view customers as
select id, tenant_id, full_name, email, phone, is_active, created_at from users where role = 'customer';

create table zones (
    id         uuid not null,
    tenant_id  text not null,
    name       text not null,
    code       text not null,
    created_at timestamptz not null
);

create table services (
    id         uuid not null,
    tenant_id  text not null,
    name       text not null,
    base_price numeric(10, 2) not null,
    created_at timestamptz not null
);

create table drivers (
    id             uuid not null,
    tenant_id      text not null,
    user_id        uuid not null,
    zone_id        uuid,
    license_number text not null,
    vehicle        text,
    rating         numeric(3, 2),
    is_available   boolean not null,
    hired_on       date not null,
    created_at     timestamptz not null
);

create table delivery_orders (
    id                 uuid not null,
    tenant_id          text not null,
    delivery_code      text not null,
    external_reference text,
    barcode            bigint not null,
    status             delivery_status not null,
    customer_id        uuid not null,
    driver_id          uuid,
    zone_id            uuid not null,
    service_id         uuid not null,
    recipient_name     text not null,
    recipient_phone    text,
    address            text not null,
    postal_code        text not null,
    city               text not null,
    note               text,
    parcels            integer not null,
    weight_kg          numeric(9, 3) not null,
    price              numeric(12, 2) not null,
    tax                numeric(14, 4) not null,
    discount           numeric(12, 2),
    currency           text not null,
    payment_method     payment_method not null,
    payment_status     payment_status not null,
    signature_required boolean,
    driver             jsonb,
    attributes         jsonb not null,
    planned_date       date not null,
    window_start       time,
    pickup_local       timestamp,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    delivered_at       timestamptz
);
comment on table delivery_orders is 'One order to carry parcels to a recipient.';
comment on column delivery_orders.delivery_code is 'The number printed on the label and told to the customer.';
comment on column delivery_orders.external_reference is 'The sender''s own number: digits, often with leading zeros.';
comment on column delivery_orders.barcode is 'SSCC of the first parcel, 18 digits.';
comment on column delivery_orders.postal_code is 'Text: Norwegian codes may begin with 0.';
comment on column delivery_orders.discount is 'Negative amount, or null when none was given.';
comment on column delivery_orders.driver is 'The driver as he was when the order was assigned: name and vehicle.';
comment on column delivery_orders.pickup_local is 'When the parcels were collected, by the clock on the wall in Oslo.';

create table driver_assignments (
    id              uuid not null,
    tenant_id       text not null,
    delivery_id     uuid not null,
    driver_id       uuid not null,
    status          assignment_status not null,
    assignment_time timestamptz not null,
    responded_at    timestamptz,
    offer_rank      integer not null,
    distance_km     numeric(8, 2) not null,
    payout          numeric(10, 2) not null,
    note            text,
    created_at      timestamptz not null
);
comment on table driver_assignments is 'An order offered to a driver, and the answer.';

create table warehouses (
    id          uuid not null,
    tenant_id   text not null,
    name        text not null,
    code        text not null,
    status      warehouse_status not null,
    address     text,
    postal_code text,
    city        text not null,
    area_m2     numeric(10, 1),
    opens_at    time,
    opened_on   date,
    is_bonded   boolean not null,
    created_at  timestamptz not null,
    updated_at  timestamptz not null
);

create table suppliers (
    id                  uuid not null,
    tenant_id           text not null,
    name                text not null,
    organisation_number text,
    country             text not null,
    created_at          timestamptz not null
);

create table categories (
    id         uuid not null,
    tenant_id  text not null,
    name       text not null,
    created_at timestamptz not null
);

create table inventory_items (
    id           uuid not null,
    tenant_id    text not null,
    warehouse_id uuid not null,
    category_id  uuid not null,
    supplier_id  uuid,
    sku          text not null,
    name         text not null,
    categories   text,
    ean          text,
    unit_cost    numeric(12, 4) not null,
    weight_kg    numeric(9, 3),
    is_hazardous boolean not null,
    properties   jsonb,
    created_at   timestamptz not null,
    updated_at   timestamptz not null
);
comment on column inventory_items.categories is 'All category names of the item, the main one first, separated by "; ".';

create table inventory_stock (
    id           uuid not null,
    tenant_id    text not null,
    warehouse_id uuid not null,
    item_id      uuid not null,
    location     text not null,
    on_hand      integer not null,
    reserved     integer not null,
    value        numeric(14, 4) not null,
    expires_on   date,
    counted_at   timestamp not null,
    updated_at   timestamptz not null
);
comment on column inventory_stock.counted_at is 'Last count, by the clock on the wall in Oslo (no zone was ever stored).';

create table inventory_transactions (
    id               uuid not null,
    tenant_id        text not null,
    warehouse_id     uuid not null,
    item_id          uuid not null,
    user_id          uuid,
    type             transaction_type not null,
    quantity         integer not null,
    unit_cost        numeric(12, 4),
    amount           numeric(14, 2) not null,
    reference_number text,
    reason           text,
    serial_number    bigint,
    created_at       timestamptz not null
);

create table receiving_orders (
    id                    uuid not null,
    tenant_id             text not null,
    reference_number      text not null,
    warehouse_id          uuid not null,
    supplier_id           uuid,
    status                receiving_status not null,
    expected_arrival_date date not null,
    arrived_at            timestamptz,
    pallets               integer not null,
    total_cost            numeric(14, 2) not null,
    is_temperature_controlled boolean,
    note                  text,
    created_at            timestamptz not null
);

create table picking_orders (
    id               uuid not null,
    tenant_id        text not null,
    reference_number text not null,
    warehouse_id     uuid not null,
    delivery_id      uuid,
    picker_id        uuid,
    status           picking_status not null,
    lines            integer not null,
    is_urgent        boolean not null,
    instructions     text,
    due_at           timestamptz not null,
    completed_at     timestamptz,
    created_at       timestamptz not null
);
