-- Keys, indexes and foreign keys, made after the rows because that is several times faster.

alter table tenants add primary key (tenant_id);

do $$
declare
    name text;
begin
    foreach name in array array['users', 'zones', 'services', 'drivers', 'delivery_orders', 'driver_assignments', 'warehouses',
        'suppliers', 'categories', 'inventory_items', 'inventory_stock', 'inventory_transactions', 'receiving_orders', 'picking_orders'] loop
        execute format('alter table %I add primary key (id), add unique (tenant_id, id), add foreign key (tenant_id) references tenants', name);
    end loop;
end $$;

-- The date each report is cut by, with the key that breaks ties.
create index on delivery_orders (tenant_id, created_at, id);
create index on driver_assignments (tenant_id, assignment_time, id);
create index on inventory_transactions (tenant_id, created_at, id);
create index on inventory_stock (tenant_id, counted_at, id);
create index on inventory_items (tenant_id, updated_at, id);
create index on receiving_orders (tenant_id, expected_arrival_date, id);
create index on picking_orders (tenant_id, created_at, id);

alter table delivery_orders add unique (tenant_id, delivery_code);
create index on delivery_orders (driver_id);
create index on driver_assignments (delivery_id);
create index on driver_assignments (driver_id);
create index on inventory_stock (item_id);
create index on inventory_transactions (item_id);

alter table drivers
    add foreign key (tenant_id, user_id) references users (tenant_id, id),
    add foreign key (tenant_id, zone_id) references zones (tenant_id, id);
alter table delivery_orders
    add foreign key (tenant_id, customer_id) references users (tenant_id, id),
    add foreign key (tenant_id, driver_id) references drivers (tenant_id, id),
    add foreign key (tenant_id, zone_id) references zones (tenant_id, id),
    add foreign key (tenant_id, service_id) references services (tenant_id, id);
alter table driver_assignments
    add foreign key (tenant_id, delivery_id) references delivery_orders (tenant_id, id),
    add foreign key (tenant_id, driver_id) references drivers (tenant_id, id);
alter table inventory_items
    add foreign key (tenant_id, warehouse_id) references warehouses (tenant_id, id),
    add foreign key (tenant_id, category_id) references categories (tenant_id, id),
    add foreign key (tenant_id, supplier_id) references suppliers (tenant_id, id);
alter table inventory_stock
    add foreign key (tenant_id, warehouse_id) references warehouses (tenant_id, id),
    add foreign key (tenant_id, item_id) references inventory_items (tenant_id, id);
alter table inventory_transactions
    add foreign key (tenant_id, warehouse_id) references warehouses (tenant_id, id),
    add foreign key (tenant_id, item_id) references inventory_items (tenant_id, id),
    add foreign key (tenant_id, user_id) references users (tenant_id, id);
alter table receiving_orders
    add foreign key (tenant_id, warehouse_id) references warehouses (tenant_id, id),
    add foreign key (tenant_id, supplier_id) references suppliers (tenant_id, id);
alter table picking_orders
    add foreign key (tenant_id, warehouse_id) references warehouses (tenant_id, id),
    add foreign key (tenant_id, delivery_id) references delivery_orders (tenant_id, id),
    add foreign key (tenant_id, picker_id) references users (tenant_id, id);
