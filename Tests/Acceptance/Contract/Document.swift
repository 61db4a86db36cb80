import JSON

/// The answers that the Exports API's document shows, as it shows them. The module's list is cut into its three
/// catalogs.
enum Document {
    static let deliveryOrders = parsed(
        """
        {"key": "delivery-orders", "category": "operational", "label": "Delivery Orders",
         "description": "All delivery orders with customer, driver, zone and payment fields.",
         "supportedFormats": ["csv", "xlsx"],
         "dateField": {"key": "created_at", "label": "Created at"},
         "statuses": [{"value": "pending", "label": "pending"}, {"value": "delivered", "label": "delivered"}],
         "scopes": [
          {"type": "zone", "label": "Zone", "multi": true, "valueSource": {"endpoint": "/delivery/zones",
           "itemsField": "zones", "valueField": "id", "labelField": "name", "searchParam": "search"}},
          {"type": "service", "label": "Service", "multi": true, "valueSource": {"endpoint": "/delivery/services",
           "itemsField": "deliveryServices", "valueField": "id", "labelField": "name", "searchParam": "search"}},
          {"type": "driver", "label": "Driver", "multi": true, "valueSource": {"endpoint": "/delivery/drivers",
           "itemsField": "drivers", "valueField": "id", "labelField": "user.full_name", "searchParam": "search"}},
          {"type": "customer", "label": "Customer", "multi": true, "valueSource": {"endpoint": "/users/customers",
           "itemsField": "users", "valueField": "id", "labelField": "full_name", "searchParam": "search"}}],
         "columns": [
          {"key": "delivery_code", "label": "Delivery Code", "type": "string", "defaultSelected": true,
           "relationOptions": []},
          {"key": "driver", "label": "Driver", "type": "json", "defaultSelected": false, "relationOptions": []}]}
        """)

    static let receivingOrders = parsed(
        """
        {"key": "receiving-orders", "category": "operational", "label": "Receiving Orders",
         "description": "Inbound receiving orders with supplier, warehouse, status and arrival dates.",
         "supportedFormats": ["csv", "xlsx"],
         "dateField": {"key": "expected_arrival_date", "label": "Expected arrival date"},
         "statuses": [{"value": "pending", "label": "pending"}, {"value": "received", "label": "received"}],
         "scopes": [
          {"type": "warehouse", "label": "Warehouse", "multi": true, "valueSource":
           {"endpoint": "/warehousing/warehouses", "itemsField": "warehouses", "valueField": "id",
            "labelField": "name", "searchParam": "search"}}],
         "columns": [
          {"key": "reference_number", "label": "Reference Number", "type": "string", "defaultSelected": true,
           "relationOptions": []},
          {"key": "warehouse_id", "label": "Warehouse", "type": "uuid", "defaultSelected": true, "relationOptions": [
           {"output": "id", "label": "Warehouse ID"},
           {"output": "reference_value", "label": "Warehouse name", "table": "warehouses",
            "referenceField": "name"}]}]}
        """)

    static let inventoryItems = parsed(
        """
        {"key": "inventory-items", "category": "master-data", "label": "Inventory Items",
         "description": "Inventory item master data. Kept intentionally simple for now with warehouse scope only.",
         "supportedFormats": ["csv", "xlsx"],
         "dateField": {"key": "updated_at", "label": "Updated at"},
         "scopes": [
          {"type": "warehouse", "label": "Warehouse", "multi": true, "valueSource":
           {"endpoint": "/warehousing/warehouses", "itemsField": "warehouses", "valueField": "id",
            "labelField": "name", "searchParam": "search"}}],
         "columns": [
          {"key": "name", "label": "Name", "type": "string", "defaultSelected": true, "relationOptions": []},
          {"key": "sku", "label": "SKU", "type": "string", "defaultSelected": true, "relationOptions": []},
          {"key": "categories", "label": "Categories", "type": "string", "defaultSelected": false,
           "relationOptions": []}]}
        """)

    /// Its `<driver-uuid>` is John Driver of the demo.
    static let previewRequest = parsed(
        """
        {"module": "delivery", "catalog": "driver-assignments", "format": "csv",
         "dateRange": {"from": "2026-05-01", "to": "2026-05-07"}, "statuses": ["pending", "accepted"],
         "scope": {"type": "driver", "values": ["00000000-0000-4000-8000-000000000011"]},
         "columns": ["assignment_time", "driver_id", "delivery_id", "status"],
         "relationFields": [
          {"field": "driver_id", "output": "reference_value", "table": "drivers", "referenceField": "user.full_name"},
          {"field": "delivery_id", "output": "reference_value", "table": "deliveries",
           "referenceField": "delivery_code"}]}
        """)

    static let preview = parsed(
        """
        {"success": true, "data": {"module": "delivery", "catalog": "driver-assignments", "category": "operational",
         "format": "csv", "previewLimit": 10, "totalRows": 24, "done": false,
         "columns": [
          {"key": "assignment_time", "label": "Assignment Time", "type": "datetime", "relationOutput": null},
          {"key": "driver_id", "label": "Driver", "type": "uuid", "relationOutput": "reference_value"},
          {"key": "delivery_id", "label": "Delivery", "type": "uuid", "relationOutput": "reference_value"},
          {"key": "status", "label": "Status", "type": "enum", "relationOutput": null}],
         "rows": [{"assignment_time": "2026-05-07T10:30:00Z", "driver_id": "John Driver", "delivery_id": "DEL-1001",
          "status": "accepted"}]}}
        """)

    /// - Parameter zones: for `<zone-uuid-1>` and `<zone-uuid-2>`.
    static func createRequest(zones: [String]) -> JSON {
        var request = parsed(
            """
            {"module": "delivery", "catalog": "delivery-orders", "format": "csv",
             "dateRange": {"from": "2026-05-01", "to": "2026-05-07"}, "statuses": ["assigned", "in_transit"],
             "scope": {"type": "zone", "values": []},
             "columns": ["delivery_code", "customer_id", "status", "driver_id"],
             "relationFields": [
              {"field": "customer_id", "output": "reference_value", "table": "users", "referenceField": "full_name"},
              {"field": "driver_id", "output": "reference_value", "table": "drivers",
               "referenceField": "user.full_name"}]}
            """)
        request = request.setting("scope", to: ["type": "zone", "values": .array(zones.map { .string($0) })])
        return request
    }

    static let created = parsed(
        """
        {"success": true, "data": {"id": "00000000-0000-0000-0000-000000000010", "module": "delivery",
         "catalog": "delivery-orders", "category": "operational", "format": "csv", "status": "pending",
         "fileName": null, "fileSizeBytes": null, "rowCount": null, "progress": {"total": null, "done": 0},
         "downloadUrl": null, "requestedAt": "2025-01-15T12:00:00Z", "startedAt": null, "completedAt": null,
         "errorSummary": null, "metadata": null}}
        """)

    static let processing = parsed(
        """
        {"success": true, "data": {"id": "00000000-0000-0000-0000-000000000010", "module": "delivery",
         "catalog": "delivery-orders", "category": "operational", "format": "csv", "status": "processing",
         "fileName": null, "fileSizeBytes": null, "rowCount": null, "progress": {"total": 1240, "done": 500},
         "downloadUrl": null, "requestedAt": "2025-01-15T12:00:00Z", "startedAt": "2025-01-15T12:00:01Z",
         "completedAt": null, "errorSummary": null, "metadata": null}}
        """)

    static let ready = parsed(
        """
        {"id": "00000000-0000-0000-0000-000000000010", "module": "delivery", "catalog": "delivery-orders",
         "category": "operational", "format": "csv", "status": "ready",
         "fileName": "delivery-orders-2025-01-15.csv", "fileSizeBytes": 52431, "rowCount": 1240,
         "progress": {"total": 1240, "done": 1240}, "downloadUrl": null, "requestedAt": "2025-01-15T12:00:00Z",
         "startedAt": "2025-01-15T12:00:01Z", "completedAt": "2025-01-15T12:00:09Z", "errorSummary": null,
         "metadata": null}
        """)

    static func parsed(_ text: String) -> JSON {
        (try? JSON.parse(Array(text.utf8), limits: .stored)) ?? .null
    }
}

extension JSON {
    /// The object with one member set.
    func setting(_ key: String, to value: JSON?) -> JSON {
        guard case .object(var object) = self else { return self }
        object[key] = value
        return .object(object)
    }
}
