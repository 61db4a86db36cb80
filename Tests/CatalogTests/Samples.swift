import Formats

@testable import Catalog

/// The catalogs that the tests of this module read and compile.
enum Samples {
    /// All formats, as errors list them.
    static let formats = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")

    /// Every part of the language once.
    static let orders = """
        module: delivery
        key: delivery-orders
        category: operational
        label: { en: Delivery Orders, nb: Leveranseordrer }
        description: All delivery orders.
        table: public.delivery_orders
        tenant: { column: tenant_id, type: text }
        uniqueKey: { column: id, type: uuid }
        dateField: { column: created_at, type: datetime, label: { en: Created at, nb: Opprettet } }
        statuses:
          column: status
          values:
            - { value: pending, label: { en: Pending, nb: Venter } }
            - delivered
        scopes:
          - type: zone
            label: Zone
            column: zone_id
            valueType: uuid
            valueSource:
              { endpoint: /delivery/zones, itemsField: zones, valueField: id, labelField: name, searchParam: search }
          - { type: route, label: Route, column: route_number, valueType: integer, multi: false }
        relations:
          drivers:
            table: public.drivers
            key: id
            tenantColumn: tenant_id
            nested:
              user: { table: public.users, column: user_id, key: id, tenantColumn: tenant_id }
          users: { table: public.users, key: id }
        columns:
          - { key: delivery_code, label: { en: Delivery Code, nb: Leveringskode }, type: string, default: true }
          - { key: status, label: Status, type: enum, default: true }
          - key: driver_id
            label: Driver
            type: uuid
            relationOptions:
              - { output: id, label: Driver ID }
              - { output: reference_value, label: Driver name, table: drivers, referenceField: user.full_name }
              - { output: reference_value, label: Licence, table: drivers, referenceField: licence_until, type: date }
          - key: customer
            column: customer_id
            label: Customer
            type: uuid
            relationOptions:
              - { output: reference_value, label: Customer name, table: users, referenceField: full_name }
          - { key: seen_at, label: Seen at, type: localDatetime, zone: Europe/Oslo }
          - { key: created_at, label: Created at, type: datetime }
          - { key: amount, label: Amount, type: number }
          - { key: extra, label: Extra, type: json }
        formats: [csv, xlsx]
        sort: [{ column: created_at, direction: desc }]
        filterKey: delivery_code
        keepRows: 30d

        """

    /// Only what must be there.
    static let items = """
        module: warehouse
        key: inventory-items
        category: master-data
        label: Inventory Items
        table: items
        tenant: { column: tenant }
        uniqueKey: { column: sku }
        columns:
          - { key: sku, label: SKU, type: string, default: true }

        """

    static func load(_ text: String) -> (report: Report?, faults: [String]) {
        let (catalogs, faults) = CatalogLoader.load([CatalogSource(path: "a.yaml", text: text)])
        return (catalogs.reports.first, faults.map(\.description))
    }

    /// The whole catalog; a test that gets nil fails on its own expectations.
    static var ordersReport: Report? { load(orders).report }
    static var itemsReport: Report? { load(items).report }

    /// The text with one piece of it exchanged.
    static func orders(_ old: String, _ new: String) -> String {
        orders.replacing(old, with: new)
    }
}
