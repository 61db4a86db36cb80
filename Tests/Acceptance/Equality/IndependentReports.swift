extension IndependentReport {
    static let all = [
        deliveryOrders, driverAssignments, receivingOrders, pickingOrders, inventoryTransactions, inventoryStock,
        warehouses, inventoryItems,
    ]

    static let deliveryOrders = IndependentReport(
        module: "delivery", key: "delivery-orders",
        from: """
            delivery_orders t
            left join users c on c.id = t.customer_id and c.tenant_id = t.tenant_id
            left join drivers d on d.id = t.driver_id and d.tenant_id = t.tenant_id
            left join users du on du.id = d.user_id and du.tenant_id = t.tenant_id
            left join zones z on z.id = t.zone_id and z.tenant_id = t.tenant_id
            left join services s on s.id = t.service_id and s.tenant_id = t.tenant_id
            """,
        order: "t.created_at desc, t.id desc",
        columns: [
            .text("delivery_code"), .plain("customer_id"), .text("status"), .plain("driver_id"), .text("driver"),
            .plain("zone_id"), .plain("service_id"), .time("created_at"), .plain("planned_date"),
            .plain("window_start"), .osloTime("pickup_local"), .time("delivered_at"), .time("updated_at"),
            .text("recipient_name"), .text("recipient_phone"), .text("address"), .text("postal_code"), .text("city"),
            .text("note"), .text("external_reference"), .plain("barcode"), .plain("parcels"), .plain("weight_kg"),
            .plain("amount", "price"), .plain("tax"), .plain("discount"), .text("currency"), .text("payment_method"),
            .text("payment_status"), .plain("signature_required"), .text("attributes"), .plain("id"),
        ],
        references: [
            Reference(field: "customer_id", table: "users", referenceField: "full_name", sql: "c.full_name"),
            Reference(field: "customer_id", table: "users", referenceField: "email", sql: "c.email"),
            Reference(field: "driver_id", table: "drivers", referenceField: "user.full_name", sql: "du.full_name"),
            Reference(field: "driver_id", table: "drivers", referenceField: "vehicle", sql: "d.vehicle"),
            Reference(field: "zone_id", table: "zones", referenceField: "name", sql: "z.name"),
            Reference(field: "service_id", table: "services", referenceField: "name", sql: "s.name"),
            Reference(
                field: "service_id", table: "services", referenceField: "base_price", sql: "s.base_price::text",
                isText: false),
        ])

    static let driverAssignments = IndependentReport(
        module: "delivery", key: "driver-assignments",
        from: """
            driver_assignments t
            left join drivers d on d.id = t.driver_id and d.tenant_id = t.tenant_id
            left join users du on du.id = d.user_id and du.tenant_id = t.tenant_id
            left join delivery_orders o on o.id = t.delivery_id and o.tenant_id = t.tenant_id
            """,
        order: "t.assignment_time desc, t.id desc",
        columns: [
            .time("assignment_time"), .plain("driver_id"), .plain("delivery_id"), .text("status"),
            .time("responded_at"), .plain("offer_rank"), .plain("distance_km"), .plain("payout"), .text("note"),
            .time("created_at"), .plain("id"),
        ],
        references: [
            Reference(field: "driver_id", table: "drivers", referenceField: "user.full_name", sql: "du.full_name"),
            Reference(
                field: "delivery_id", table: "deliveries", referenceField: "delivery_code", sql: "o.delivery_code"),
        ])

    static let receivingOrders = IndependentReport(
        module: "warehouse", key: "receiving-orders",
        from: """
            receiving_orders t
            left join warehouses w on w.id = t.warehouse_id and w.tenant_id = t.tenant_id
            left join suppliers s on s.id = t.supplier_id and s.tenant_id = t.tenant_id
            """,
        order: "t.expected_arrival_date desc, t.id desc",
        columns: [
            .text("reference_number"), .plain("warehouse_id"), .plain("supplier_id"), .text("status"),
            .plain("expected_arrival_date"), .time("arrived_at"), .plain("pallets"), .plain("total_cost"),
            .plain("is_temperature_controlled"), .text("note"), .time("created_at"), .plain("id"),
        ],
        references: [
            Reference(field: "warehouse_id", table: "warehouses", referenceField: "name", sql: "w.name"),
            Reference(field: "supplier_id", table: "suppliers", referenceField: "name", sql: "s.name"),
            Reference(
                field: "supplier_id", table: "suppliers", referenceField: "organisation_number",
                sql: "s.organisation_number"),
        ])

    static let pickingOrders = IndependentReport(
        module: "warehouse", key: "picking-orders",
        from: """
            picking_orders t
            left join warehouses w on w.id = t.warehouse_id and w.tenant_id = t.tenant_id
            left join delivery_orders o on o.id = t.delivery_id and o.tenant_id = t.tenant_id
            left join users p on p.id = t.picker_id and p.tenant_id = t.tenant_id
            """,
        order: "t.created_at desc, t.id desc",
        columns: [
            .text("reference_number"), .plain("warehouse_id"), .plain("delivery_id"), .plain("picker_id"),
            .text("status"), .plain("lines"), .plain("is_urgent"), .text("instructions"), .time("due_at"),
            .time("completed_at"), .time("created_at"), .plain("id"),
        ],
        references: [
            Reference(field: "warehouse_id", table: "warehouses", referenceField: "name", sql: "w.name"),
            Reference(
                field: "delivery_id", table: "deliveries", referenceField: "delivery_code", sql: "o.delivery_code"),
            Reference(field: "picker_id", table: "users", referenceField: "full_name", sql: "p.full_name"),
        ])

    static let inventoryTransactions = IndependentReport(
        module: "warehouse", key: "inventory-transactions",
        from: """
            inventory_transactions t
            left join warehouses w on w.id = t.warehouse_id and w.tenant_id = t.tenant_id
            left join users u on u.id = t.user_id and u.tenant_id = t.tenant_id
            left join inventory_items i on i.id = t.item_id and i.tenant_id = t.tenant_id
            left join categories c on c.id = i.category_id and c.tenant_id = t.tenant_id
            """,
        order: "t.created_at desc, t.id desc",
        columns: [
            .time("created_at"), .text("type"), .plain("warehouse_id"), .plain("item_id"), .plain("quantity"),
            .plain("unit_cost"), .plain("amount"), .plain("user_id"), .text("reference_number"), .text("reason"),
            .plain("serial_number"), .plain("id"),
        ],
        references: [
            Reference(field: "warehouse_id", table: "warehouses", referenceField: "name", sql: "w.name"),
            Reference(field: "item_id", table: "items", referenceField: "name", sql: "i.name"),
            Reference(field: "item_id", table: "items", referenceField: "sku", sql: "i.sku"),
            Reference(field: "item_id", table: "items", referenceField: "category.name", sql: "c.name"),
            Reference(field: "user_id", table: "users", referenceField: "full_name", sql: "u.full_name"),
        ])

    static let inventoryStock = IndependentReport(
        module: "warehouse", key: "inventory-stock",
        from: """
            inventory_stock t
            left join warehouses w on w.id = t.warehouse_id and w.tenant_id = t.tenant_id
            left join inventory_items i on i.id = t.item_id and i.tenant_id = t.tenant_id
            left join categories c on c.id = i.category_id and c.tenant_id = t.tenant_id
            left join suppliers s on s.id = i.supplier_id and s.tenant_id = t.tenant_id
            """,
        order: "t.id",
        columns: [
            .plain("warehouse_id"), .plain("item_id"), .text("location"), .plain("on_hand"), .plain("reserved"),
            .plain("value"), .plain("expires_on"), .osloTime("counted_at"), .time("updated_at"), .plain("id"),
        ],
        references: [
            Reference(field: "warehouse_id", table: "warehouses", referenceField: "name", sql: "w.name"),
            Reference(field: "item_id", table: "items", referenceField: "name", sql: "i.name"),
            Reference(field: "item_id", table: "items", referenceField: "sku", sql: "i.sku"),
            Reference(field: "item_id", table: "items", referenceField: "category.name", sql: "c.name"),
            Reference(field: "item_id", table: "items", referenceField: "supplier.name", sql: "s.name"),
        ])

    static let warehouses = IndependentReport(
        module: "warehouse", key: "warehouses", from: "warehouses t", order: "t.code, t.id",
        columns: [
            .text("name"), .text("code"), .text("status"), .text("address"), .text("postal_code"), .text("city"),
            .plain("area_m2"), .plain("opens_at"), .plain("opened_on"), .plain("is_bonded"), .time("updated_at"),
            .plain("id"),
        ])

    static let inventoryItems = IndependentReport(
        module: "warehouse", key: "inventory-items", from: "inventory_items t", order: "t.id",
        columns: [
            .text("name"), .text("sku"), .text("categories"), .text("ean"), .plain("unit_cost"), .plain("weight_kg"),
            .plain("is_hazardous"), .text("properties"), .time("updated_at"), .plain("id"),
        ])
}
