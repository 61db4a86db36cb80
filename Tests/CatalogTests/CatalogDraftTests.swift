import Testing

@testable import Catalog

/// What is made of the facts of a table, and that it loads again.
struct CatalogDraftTests {
    static let uuid = PostgresType("uuid")
    static let text = PostgresType("text")
    static let instant = PostgresType("timestamptz", displayName: "timestamp with time zone")

    static func column(_ name: String, _ type: PostgresType, notNull: Bool = false) -> ColumnFacts {
        ColumnFacts(name: name, type: type, isNotNull: notNull)
    }

    static let users = TableFacts(
        columns: [column("id", uuid, notNull: true), column("tenant_id", text), column("full_name", text)],
        uniqueKeys: [["id"], ["tenant_id", "id"]])
    static let drivers = TableFacts(
        columns: [
            column("id", uuid, notNull: true), column("tenant_id", text), column("user_id", uuid, notNull: true),
            column("license_number", text, notNull: true),
        ], uniqueKeys: [["id"], ["tenant_id", "id"]])

    /// An order with a driver, whose name is one table further.
    static var orders: TableSurvey {
        let user = ForeignKeyFacts(
            columns: ["tenant_id", "user_id"], target: TableName(schema: "public", name: "users"),
            targetColumns: ["tenant_id", "id"], targetFacts: users)
        return TableSurvey(
            name: TableName(schema: "public", name: "orders"), database: "Shop Data",
            facts: TableFacts(
                columns: [
                    column("id", uuid, notNull: true), column("tenant_id", text, notNull: true),
                    column("number", text, notNull: true), column("updated_at", instant, notNull: true),
                    column("placed_at", instant, notNull: true),
                    column("state", PostgresType("order_state", enumLabels: ["open", "on", "sent, late"])),
                    column("driver_id", uuid), column("pickup", PostgresType("timestamp")),
                    column("extra", PostgresType("jsonb")),
                ], uniqueKeys: [["id"], ["tenant_id", "number"]], indexes: [["id"], ["tenant_id", "placed_at"]]),
            comment: "Orders; each to one address.",
            columnComments: [
                "number": "Order number", "pickup": "By the clock on the wall.\nNo zone was ever stored.",
            ],
            primaryKey: ["id"],
            foreignKeys: [
                ForeignKeyFacts(
                    columns: ["tenant_id", "driver_id"], target: TableName(schema: "public", name: "drivers"),
                    targetColumns: ["tenant_id", "id"], targetFacts: drivers, onward: [user])
            ])
    }

    static func load(_ draft: CatalogDraft) -> (report: Report?, faults: [String]) {
        let (catalogs, faults) = CatalogLoader.load([CatalogSource(path: "draft.yaml", text: draft.yaml)])
        return (catalogs.reports.first, faults.map(\.description))
    }

    @Test func `types, keys, comments and foreign keys become a catalog`() {
        #expect(
            CatalogDraft(of: Self.orders).yaml == """
                # Written by `penstock catalog init` from public.orders. Look it through, then run `penstock catalog check`.
                module: Shop-Data
                key: orders
                category: operational
                label: Orders
                description: "Orders; each to one address."

                table: public.orders
                tenant: { column: tenant_id, type: text }
                uniqueKey: { column: id, type: uuid }
                dateField: { column: placed_at, type: datetime, label: Placed at }
                statuses:
                  column: state
                  values:
                    - { value: open, label: open }
                    - { value: "on", label: "on" }
                    - { value: "sent, late", label: "sent, late" }
                scopes:
                  - { type: driver, label: Driver, column: driver_id, valueType: uuid }

                relations:
                  drivers:
                    table: public.drivers
                    key: id
                    tenantColumn: tenant_id
                    nested:
                      user: { table: public.users, column: user_id, key: id, tenantColumn: tenant_id }

                columns:
                  - { key: id, label: ID, type: uuid }
                  - { key: number, label: Order number, type: string, default: true }
                  - { key: updated_at, label: Updated at, type: datetime, default: true }
                  - { key: placed_at, label: Placed at, type: datetime, default: true }
                  - { key: state, label: State, type: enum, default: true }
                  - key: driver_id
                    label: Driver
                    type: uuid
                    default: true
                    relationOptions:
                      - { output: id, label: Driver ID }
                      - { output: reference_value, label: "Driver: full name", table: drivers, referenceField: user.full_name }
                  # By the clock on the wall. No zone was ever stored.
                  # A timestamp without a zone: `zone` says whose clock it was.
                  - { key: pickup, label: Pickup, type: localDatetime, zone: UTC, default: true }
                  - { key: extra, label: Extra, type: json }

                formats: [csv, xlsx]
                sort: [{ column: placed_at, direction: desc }]
                filterKey: number

                """)
    }

    @Test func `a draft passes the checker against the facts it was made from`() throws {
        let (report, faults) = Self.load(CatalogDraft(of: Self.orders))
        #expect(faults.isEmpty)
        let facts = DatabaseFacts(tables: [
            TableName(schema: "public", name: "orders"): Self.orders.facts,
            TableName(schema: "public", name: "drivers"): Self.drivers,
            TableName(schema: "public", name: "users"): Self.users,
        ])
        #expect(CatalogChecker.faults(in: try #require(report), given: facts).isEmpty)
    }

    @Test func `what the user says goes before what is guessed`() {
        let choices = CatalogDraft.Choices(module: "shop", key: "all-orders", tenant: .column("number"))
        let report = Self.load(CatalogDraft(of: Self.orders, choices: choices)).report
        #expect(report?.module == "shop")
        #expect(report?.key == "all-orders")
        #expect(report?.tenant == .column(KeyColumn(column: "number", type: .text)))
        #expect(report?.relations.isEmpty == true, "a foreign key over two columns is no relation")
    }

    @Test func `what cannot be guessed is marked where the checker will point`() throws {
        var survey = Self.orders
        survey.facts.columns.removeAll { $0.name == "tenant_id" }
        // Not what '?' was meant to be.
        survey.facts.columns.append(Self.column("v", Self.text))
        survey.facts.uniqueKeys = []
        survey.primaryKey = []
        let draft = CatalogDraft(of: survey)
        #expect(draft.notes.count == 3)
        #expect(
            draft.notes.contains(
                "the foreign key 'tenant_id', 'driver_id' to public.drivers is no relation: a relation compares one column;"
                    + " a view can join the table"))
        let (report, faults) = Self.load(draft)
        #expect(faults.isEmpty)
        let found = CatalogChecker.faults(
            in: try #require(report), given: DatabaseFacts(tables: [survey.name: survey.facts]))
        #expect(
            found.map { $0.message.prefix(38) } == [
                "public.orders has no column '?'; it ha", "public.orders has no column '?'; it ha",
            ])
    }

    @Test func `a column of money says how it becomes a number`() {
        var survey = Self.orders
        #expect(!CatalogDraft(of: survey).yaml.contains("lc_monetary"))
        survey.facts.columns.append(Self.column("price", PostgresType("money")))
        let yaml = CatalogDraft(of: survey).yaml
        #expect(yaml.contains("lc_monetary has it; cast to numeric"))
        #expect(Self.load(CatalogDraft(of: survey)).faults.isEmpty)
    }

    @Test func `a relation that no tenant column guards is pointed out`() {
        var survey = Self.orders
        survey.foreignKeys = [
            ForeignKeyFacts(
                columns: ["number"], target: TableName(schema: "geo", name: "numbers"), targetColumns: ["number"],
                targetFacts: TableFacts(
                    columns: [Self.column("number", Self.text), Self.column("title", Self.text)],
                    uniqueKeys: [["number"]]))
        ]
        #expect(CatalogDraft(of: survey).notes.contains { $0.hasPrefix("geo.numbers has no tenant column") })
    }

    @Test func `the tenants' own table has the tenant as its key`() {
        let survey = TableSurvey(
            name: TableName(schema: "public", name: "tenants"), database: "shop",
            facts: TableFacts(
                columns: [Self.column("tenant_id", Self.text, notNull: true), Self.column("name", Self.text)],
                uniqueKeys: [["tenant_id"]]), primaryKey: ["tenant_id"])
        let draft = CatalogDraft(of: survey)
        #expect(draft.notes.isEmpty)
        #expect(Self.load(draft).report?.uniqueKey.columns == ["tenant_id"])
    }

    @Test func `whatever names and comments a table has, its draft loads`() {
        var random = SplitMix64(seed: 20_260_507)
        let pieces = [
            "a", "id", "_", " ", "#", ": ", "-", "é", "名前", "{", "}", ",", "&", "*", "!", "%", "@", "`", "\\", "?",
            "true", "null", "0", "1e3", "~", "=", "|", ">", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{7F}", "\n", "\t", "'",
            "\"", ".", ";", "😀", "ß", "K", "א",
        ]
        func name() -> String {
            (0..<Int.random(in: 1...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "a" }
                .joined()
        }
        for _ in 0..<500 {
            let names = Set((0..<6).map { _ in name() }).sorted()
            let columns = names.map {
                Self.column($0, [Self.text, Self.uuid, Self.instant].randomElement(using: &random) ?? Self.text)
            }
            let survey = TableSurvey(
                name: TableName(schema: "s", name: "t"), database: name(),
                facts: TableFacts(
                    columns: columns + [
                        Self.column("tenant_id", Self.text),
                        Self.column(
                            "status", PostgresType("state", enumLabels: Array(Set((0..<3).map { _ in name() })))),
                    ]),
                comment: name(), columnComments: Dictionary(uniqueKeysWithValues: names.map { ($0, name()) }))
            let draft = CatalogDraft(of: survey)
            let (report, faults) = Self.load(draft)
            #expect(faults.isEmpty, "\(draft.yaml)")
            let usable = names.filter { Names.isNameable($0) }
            #expect(report.map { $0.columns.map(\.column) } == usable + ["status"])
        }
    }

    @Test(arguments: [
        ("created_at", "Created at"), ("createdAt", "Created at"), ("id", "ID"), ("DriverID", "Driver ID"),
        ("ORDER_NO", "Order no"), ("Area in km²", "Area in km²"), ("weight_kg", "Weight kg"), ("___", "___"),
    ]) func `a name becomes a label`(name: String, label: String) {
        #expect(Names.title(name) == label)
    }

    @Test(arguments: [
        ("delivery_orders", "delivery-orders"), ("Order Details", "Order-Details"), ("名前", "x"), ("-a-", "a"),
    ]) func `a table's name becomes a catalog's key`(name: String, key: String) {
        #expect(Names.slug(name, separator: "-") == key)
    }
}
