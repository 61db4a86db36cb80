import Testing

@testable import Catalog

/// Each fault of a file with the line and column it is reported at.
struct LoaderFaultTests {
    struct Case: CustomTestStringConvertible {
        let old: String
        let new: String
        let faults: [String]

        init(_ old: String, _ new: String, _ faults: String...) {
            self.old = old
            self.new = new
            self.faults = faults
        }

        var testDescription: String { new.isEmpty ? "without \(old)" : new }
    }

    static let cases: [Case] = [
        // Keys.
        Case(
            "label: Route,", "lable: Route,", "22:5: error: missing key 'label' in route",
            "22:20: error: unknown key 'lable'; did you mean 'label'?"),
        Case("category: operational", "", "1:1: error: missing key 'category'"),
        Case(
            "keepRows: 30d", "retention: 30d",
            "54:1: error: unknown key 'retention'; allowed: \(CatalogMapping.report.names.joined(separator: ", "))"),
        Case(
            "category: operational", "category: a\ncategory: b",
            "4:1: error: duplicate key 'category'; the first is on line 3"),
        Case(
            "label: Zone\n", "label: Zone\n    label: Area\n    \"type\": zone\n",
            "18:5: error: duplicate key 'label'; the first is on line 17",
            "19:5: error: duplicate key 'type'; the first is on line 16"),
        Case(
            "users: { table: public.users, key: id }", "drivers: { table: public.users, key: id }",
            "30:3: error: duplicate key 'drivers'; the first is on line 24",
            "46:65: error: 'users' is not a declared relation; allowed: drivers"),
        // Types of values.
        Case(
            "label: Status,", "label: [Status],",
            "33:27: error: label must be a text or a mapping of languages to texts, not a list"),
        Case(
            "default: true }\n  - { key: status", "default: yes }\n  - { key: status",
            "32:99: error: default must be true or false, not 'yes'"),
        Case(
            "tenant: { column: tenant_id, type: text }", "tenant: tenant_id",
            "7:9: error: tenant must be a mapping (key: value), not 'tenant_id'"),
        Case("formats: [csv, xlsx]", "formats: csv", "51:10: error: formats must be a list, not 'csv'"),
        Case(
            "formats: [csv, xlsx]", "formats: []",
            "51:10: error: formats must not be an empty list; leave the key out instead"),
        Case(
            "formats: [csv, xlsx]", "formats: [csv, pdf, csv]",
            "51:16: error: item 2 of formats must be one of \(Samples.formats), not 'pdf'",
            "51:21: error: duplicate format 'csv'"),
        Case("key: delivery-orders", "key:", "2:5: error: key must be a text, not empty"),
        Case("label: Driver\n", "label: ''\n", "35:12: error: label must not be empty"),
        Case("label: Driver\n", "label: \"a\\0b\"\n", "35:12: error: label must not contain control characters"),
        // Names.
        Case(
            "key: delivery-orders", "key: delivery/orders",
            "2:6: error: key must be 1 to 63 letters, digits, '_' or '-', beginning with a letter or digit, not 'delivery/orders'"
        ),
        Case(
            "table: public.delivery_orders", "table: a.b.c",
            "6:8: error: table: 'a.b.c' is not a table's name: it must be written table or schema.table"),
        Case(
            "table: public.delivery_orders", "table: public.\"Orders\"",
            "6:8: error: table: 'public.\"Orders\"' is not a table's name: write it as the database spells it, without quotes; capitals and spaces are kept"
        ),
        Case(
            "column: zone_id", "column: zone_id; drop table x",
            "18:13: error: column: 'zone_id; drop table x' is not a column's name: it contains ';'"),
        Case(
            "column: zone_id", "column: \(String(repeating: "ø", count: 32))",
            "18:13: error: column: '\(String(repeating: "ø", count: 32))' is not a column's name: it is longer than 63 bytes"
        ),
        Case(
            "label: { en: Delivery Orders,", "label: { english: Delivery Orders,",
            "4:10: error: 'english' is not a language tag such as en, nb or pt-BR"),
        Case(
            "  users: {", "  us.ers: {",
            "30:3: error: 'us.ers' cannot name a relation: 1 to 63 letters, digits, '_' or '-', beginning with a letter or digit",
            "46:65: error: 'users' is not a declared relation; did you mean 'us.ers'?"),
        // Choices.
        Case(
            "type: number", "type: decimal",
            "49:41: error: type must be one of string, uuid, enum, datetime, localDatetime, date, time, boolean, integer, number, json, not 'decimal'"
        ),
        Case(
            "column: id, type: uuid", "column: id, type: bigint",
            "8:32: error: type must be one of text, uuid, integer, not 'bigint'"),
        Case("direction: desc", "direction: down", "52:41: error: direction must be one of asc, desc, not 'down'"),
        Case(
            "keepRows: 30d", "keepRows: 30 days",
            "54:11: error: keepRows must be none, or a number of days or hours such as 30d or 12h, not '30 days'"),
        Case(
            "zone: Europe/Oslo", "zone: +02:00",
            "47:64: error: zone must be an IANA time zone such as UTC or Europe/Oslo, not '+02:00'"),
        Case(
            "type: number", "type: number, zone: UTC",
            "49:55: error: zone belongs to type localDatetime; number has none"),
        Case(
            "label: Driver ID }", "label: Driver ID, table: users }",
            "38:48: error: table belongs to output reference_value; output id has none"),
        // References.
        Case(
            "table: drivers, referenceField: user.full_name", "table: driver, referenceField: user.full_name",
            "39:63: error: 'driver' is not a declared relation; did you mean 'drivers'?"),
        Case(
            "referenceField: user.full_name", "referenceField: usr.full_name",
            "39:88: error: 'usr' is not declared under nested of the relation 'drivers'; did you mean 'user'?"),
        Case(
            "referenceField: user.full_name", "referenceField: user.boss.name",
            "39:88: error: referenceField must be a column, or nested.column with one nested name, not 'user.boss.name'"
        ),
        Case(
            "table: users, referenceField: full_name", "table: users, referenceField: boss.full_name",
            "46:88: error: 'boss' is not declared under nested of the relation 'users'; it declares none"),
        Case(
            "sort: [{ column: created_at,", "sort: [{ column: craeted_at,",
            "52:18: error: sort: 'craeted_at' is not the key of a column; did you mean 'created_at'?"),
        Case(
            "sort: [{ column: created_at,", "sort: [{ column: extra,",
            "52:18: error: sort: 'extra' is of type json, which has no order"),
        Case(
            "filterKey: delivery_code", "filterKey: code",
            "53:12: error: filterKey: 'code' is not the key of a column; allowed: delivery_code, status, driver_id, customer, seen_at, created_at, amount, extra"
        ),
        Case(
            "filterKey: delivery_code", "filterKey: amount",
            "53:12: error: filterKey: 'amount' is of type number; keys are of type string, uuid or integer"),
        // Duplicates in lists.
        Case("- delivered", "- pending", "14:7: error: duplicate status 'pending'"),
        Case("type: route,", "type: zone,", "22:5: error: duplicate scope type 'zone'"),
        Case("key: amount,", "key: created_at,", "49:5: error: duplicate column 'created_at'"),
        Case(
            "table: drivers, referenceField: licence_until, type: date",
            "table: drivers, referenceField: user.full_name",
            "40:9: error: duplicate relation option: the same output is offered twice"),
        Case(
            ", default: true", "",
            "32:3: error: no column has default: true; a request that names no columns would have none"),
    ]

    @Test(arguments: cases)
    func `says what is wrong and where`(_ example: Case) {
        #expect(Samples.orders.contains(example.old))
        let (report, faults) = Samples.load(Samples.orders(example.old, example.new))
        #expect(faults == example.faults.map { "a.yaml:\($0)" })
        #expect(report == nil)
    }

    @Test(arguments: [
        ("", "1:1: error: the file is empty; a catalog is a mapping with the key 'module'"),
        ("# only a remark\n", "1:1: error: the file is empty; a catalog is a mapping with the key 'module'"),
        ("just text\n", "1:1: error: a catalog must be a mapping (key: value), not 'just text'"),
        ("- module: a\n", "1:1: error: a catalog must be a mapping (key: value), not a list"),
        (
            "module: a\n---\nmodule: b\n",
            "2:1: error: not valid YAML: but found another document, expected a single document in the stream from line 1"
        ),
        (
            "module: \"a\nkey: b\n",
            "3:1: error: not valid YAML: found unexpected end of stream, while scanning a quoted scalar from line 1"
        ),
        ("module: a\n key: b\n", "2:5: error: not valid YAML: mapping values are not allowed in this context"),
        ("module: *a\n", "1:9: error: not valid YAML: found undefined alias"),
        ("module: a\u{7}\n", "1:10: error: not valid YAML: control characters are not allowed"),
    ])
    func `says where a text is no catalog at all`(_ text: String, _ fault: String) {
        #expect(Samples.load(text).faults == ["a.yaml:\(fault)"])
    }

    @Test func `collects the faults of a whole file`() {
        let text = """
            module: my module
            key: k
            kategory: x
            label: L
            tabel: t
            tenant: { column: c, type: guid }
            uniqueKey: { colum: id }
            columns:
              - { key: a, label: A, type: text, default: true }
              - { key: a, label: A, type: string }
              - { key: b, lable: B, lable: B, type: string }
            """
        #expect(
            Samples.load(text).faults.map { $0.dropFirst("a.yaml:".count) } == [
                "1:1: error: missing key 'category'",
                "1:1: error: missing key 'table'",
                "1:9: error: module must be 1 to 63 letters, digits, '_' or '-', beginning with a letter or digit, not 'my module'",
                "3:1: error: unknown key 'kategory'; did you mean 'category'?",
                "5:1: error: unknown key 'tabel'; did you mean 'table'?",
                "6:28: error: type must be one of text, uuid, integer, not 'guid'",
                "7:12: error: missing key 'column' in uniqueKey",
                "7:14: error: unknown key 'colum'; did you mean 'column'?",
                "9:31: error: type must be one of string, uuid, enum, datetime, localDatetime, date, time, boolean, integer, number, json, not 'text'",
                "11:5: error: missing key 'label' in b",
                "11:15: error: unknown key 'lable'; did you mean 'label'?",
                "11:25: error: duplicate key 'lable'; the first is on line 11",
            ])
    }

    @Test func `any damage to a catalog ends in a report or in faults, never in neither`() {
        var random = SplitMix64(seed: 7)
        let scalars = Array(Samples.orders.unicodeScalars)
        for _ in 0..<400 {
            var damaged = scalars
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<damaged.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: damaged.remove(at: index)
                case 1: damaged[index] = "{}[]:,-'\"\n #&*!|>ø".unicodeScalars.randomElement(using: &random) ?? "x"
                default: damaged.insert(damaged[Int.random(in: 0..<damaged.count, using: &random)], at: index)
                }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: damaged)
            let (report, faults) = Samples.load(String(text))
            #expect((report == nil) == !faults.isEmpty)
        }
    }
}
