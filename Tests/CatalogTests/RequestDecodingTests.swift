import Formats
import JSON
import Testing
import Time

@testable import Catalog

/// Bodies of create and preview against the orders catalog. The numbers are those of the project's list of bad inputs.
struct RequestDecodingTests {
    static let zone = "0b6c7d1e-2f3a-4b5c-8d9e-0f1a2b3c4d5e"

    /// The catalogs under test, and how their bodies are read.
    static func decode(_ body: String) throws -> ExportRequest {
        let reports = [Samples.ordersReport, Samples.itemsReport].compactMap { $0 }
        return try CheckedExport.decode(
            FieldReader(try JSON.parse(body)), in: CatalogSet(reports),
            knowsTimeZone: { ["UTC", "Europe/Oslo", "America/Sao_Paulo"].contains($0) }
        ).request
    }

    /// A body for the orders catalog with these members besides.
    static func orders(_ members: String) -> String {
        #"{"module":"delivery","catalog":"delivery-orders","format":"csv""# + (members.isEmpty ? "" : ",") + members
            + "}"
    }

    static func faults(_ body: String) throws -> [String] {
        do {
            _ = try decode(body)
            return []
        } catch RequestError.faults(let faults) {
            return faults.map { "\($0.field): \($0.message)" }
        } catch RequestError.unknownCatalog(let module, let catalog) {
            return ["unknown catalog \(module)/\(catalog)"]
        }
    }

    static func request(_ members: String) throws -> ExportRequest? {
        do {
            return try decode(orders(members))
        } catch is RequestError {
            return nil
        }
    }

    @Test func `fills in the defaults of the shortest body`() throws {
        #expect(
            try Self.request("")
                == ExportRequest(
                    module: "delivery", catalog: "delivery-orders", format: .csv, columns: ["delivery_code", "status"]))
    }

    @Test func `takes everything a body can say`() throws {
        let request = try Self.request(
            """
            "dateRange":{"from":"2026-02-01","to":"2026-02-28"},"statuses":["delivered","pending"],
            "scope":{"type":"zone","values":["\(Self.zone)"]},"columns":["driver_id","amount","customer"],
            "relationFields":[
              {"field":"driver_id","output":"reference_value","table":"drivers","referenceField":"user.full_name"},
              {"field":"customer","output":"reference_value","table":"users","referenceField":"full_name"}],
            "timezone":"Europe/Oslo","locale":"NB-no","includeAnnexes":true,"compression":"gzip",
            "csv":{"delimiter":"\\t","bom":true,"header":"key","formulaGuard":false},
            "sort":[{"field":"amount","direction":"desc"},{"field":"delivery_code"}],
            "filterFile":"0192f3c40192f3c40192f3c40192f3c40192f3c40192f3c40192f3c40192f3c4","notifyOnCompletion":true
            """)
        var options = ExportFormat.csv.defaults
        options.members["csv"] = ["delimiter": "\t", "bom": true, "header": "key", "formulaGuard": false]
        options.isCompressed = true
        let from = try #require(CivilDate("2026-02-01"))
        let to = try #require(CivilDate("2026-02-28"))
        #expect(
            request
                == ExportRequest(
                    module: "delivery", catalog: "delivery-orders", format: .csv,
                    dateRange: DateRange(from: from, to: to), statuses: ["delivered", "pending"],
                    scope: ExportRequest.ScopeSelection(type: "zone", values: [Self.zone]),
                    columns: ["driver_id", "amount", "customer"],
                    relationFields: [
                        ExportRequest.RelationField(
                            field: "driver_id",
                            output: .referenceValue(table: "drivers", referenceField: "user.full_name")),
                        ExportRequest.RelationField(
                            field: "customer", output: .referenceValue(table: "users", referenceField: "full_name")),
                    ], timezone: "Europe/Oslo", locale: "nb-NO", options: options,
                    sort: [
                        SortTerm(field: "amount", direction: .desc), SortTerm(field: "delivery_code", direction: .asc),
                    ], includeAnnexes: true, notifyOnCompletion: true,
                    filterFile: "0192f3c40192f3c40192f3c40192f3c40192f3c40192f3c40192f3c40192f3c4"))
    }

    @Test func `a member that is null is left out`() throws {
        let members = [
            "dateRange", "statuses", "scope", "columns", "relationFields", "locale", "csv", "sort", "filterFile",
        ]
        #expect(try Self.request(members.map { "\"\($0)\":null" }.joined(separator: ",")) == Self.request(""))
    }

    @Test func `the values of an integer scope may be numbers`() throws {
        let scope = try Self.request(#""scope":{"type":"route","values":[12]}"#)?.scope
        #expect(scope == ExportRequest.ScopeSelection(type: "route", values: ["12"]))
    }

    @Test func `I23 a catalog that is not there is named, whatever else is wrong`() throws {
        #expect(
            try Self.faults(#"{"module":"delivery","catalog":"foo","format":"pdf"}"#) == [
                "unknown catalog delivery/foo"
            ])
        #expect(
            try Self.faults(#"{"module":"warehouse","catalog":"delivery-orders"}"#)
                == ["unknown catalog warehouse/delivery-orders"])
    }

    @Test(arguments: ["null", "[]", #""x""#, "1"])
    func `I24 a body that is no object`(_ body: String) throws {
        #expect(try Self.faults(body) == ["body: the body must be a JSON object"])
    }

    @Test func `a body without a catalog is told everything that can be told without one`() throws {
        #expect(
            try Self.faults(#"{"module":7,"format":"pdf","columns":[1],"timezone":"Mars","x":1}"#) == [
                "module: module must be a string",
                "catalog: catalog is required",
                "format: format must be one of \(Samples.formats)",
                "columns.0: columns.0 must be a string",
                "timezone: timezone must be an IANA time zone such as UTC or Europe/Oslo; the database does not know Mars",
                "x: unknown field",
            ])
    }

    @Test func `the two faults of the Exports API's example come together, word for word`() throws {
        let body = #"{"module":"delivery","catalog":"delivery-orders","format":"pdf","columns":["foo"]}"#
        #expect(
            try Self.faults(body) == ["format: format must be one of csv, xlsx", "columns: unknown column: foo"])
    }

    @Test(arguments: ["pdf", "CSV", #"csv\n"#, ""])
    func `I33 a format that is none`(_ format: String) throws {
        let body = #"{"module":"delivery","catalog":"delivery-orders","format":"\#(format)"}"#
        #expect(try Self.faults(body) == ["format: format must be one of csv, xlsx"])
    }

    @Test func `I33 a format that is an array, and none at all`() throws {
        let body = #"{"module":"delivery","catalog":"delivery-orders""#
        #expect(try Self.faults(body + #","format":["csv"]}"#) == ["format: format must be one of csv, xlsx"])
        #expect(try Self.faults(body + "}") == ["format: format is required"])
    }

    @Test func `only the formats of the catalog are offered`() throws {
        let text = Samples.orders("formats: [csv, xlsx]", "formats: [csv]")
        let report = try #require(Samples.load(text).report)
        let body = try JSON.parse(#"{"module":"delivery","catalog":"delivery-orders","format":"xlsx"}"#)
        #expect(throws: RequestError.faults([RequestFault(field: "format", message: "format must be one of csv")])) {
            try RequestDecoding.decode(stored: body, of: report)
        }
    }

    static let cases: [(String, [String])] = [
        // I30: members nobody knows.
        (#""admin":true"#, ["admin: unknown field"]),
        (#""status":"ready","tenant_id":"x""#, ["status: unknown field", "tenant_id: unknown field"]),
        (#""dateRange":{"from":"2026-01-01","to":"2026-01-02","tz":"x"}"#, ["dateRange.tz: unknown field"]),
        (#""csv":{"quote":"'"}"#, ["csv.quote: unknown field"]),
        (#""sort":[{"field":"amount","nulls":"last"}]"#, ["sort.0.nulls: unknown field"]),
        // I34: columns.
        (#""columns":[]"#, ["columns: columns must not be empty"]),
        (#""columns":"amount""#, ["columns: columns must be an array"]),
        (
            #""columns":["amount",7,null]"#,
            ["columns.1: columns.1 must be a string", "columns.2: columns.2 must be a string"]
        ),
        (#""columns":["amount","status","amount","amount"]"#, ["columns: duplicate column: amount"]),
        (
            #""columns":["id; drop table","a\"b","*"]"#,
            ["columns: unknown column: id; drop table", "columns: unknown column: a\"b", "columns: unknown column: *"]
        ),
        (
            #""columns":["pg_sleep(10)","password_hash","tenant_id","customer_id"]"#,
            [
                "columns: unknown column: pg_sleep(10)", "columns: unknown column: password_hash",
                "columns: unknown column: tenant_id", "columns: unknown column: customer_id",
            ]
        ),
        (#""columns":["amuont"]"#, ["columns: unknown column: amuont; did you mean 'amount'?"]),
        (#""columns":["a\u001b[31m\u202e"]"#, ["columns: unknown column: a\u{FFFD}[31m\u{FFFD}"]),
        (
            #""columns":["\#(String(repeating: "x", count: 65))"]"#,
            ["columns: unknown column: \(String(repeating: "x", count: 64))…"]
        ),
        // I35: relation fields.
        (
            #""columns":["driver_id"],"relationFields":[{"field":"driver_id","output":"other"}]"#,
            ["relationFields.driver_id: relation_target_not_whitelisted"]
        ),
        (
            #""columns":["driver_id"],"relationFields":[{"field":"driver_id","output":"reference_value","referenceField":"user.full_name"}]"#,
            ["relationFields.driver_id: relation_target_not_whitelisted"]
        ),
        (
            #""columns":["driver_id"],"relationFields":[{"field":"driver_id","output":"reference_value","table":"pg_shadow","referenceField":"passwd"}]"#,
            ["relationFields.driver_id: relation_target_not_whitelisted"]
        ),
        (
            #""columns":["driver_id"],"relationFields":[{"field":"driver_id","output":"reference_value","table":"drivers","referenceField":"a.b.c"}]"#,
            ["relationFields.driver_id: relation_target_not_whitelisted"]
        ),
        (
            #""columns":["status"],"relationFields":[{"field":"driver_id","output":"id"}]"#,
            ["relationFields.driver_id: relation_target_not_whitelisted"]
        ),
        (
            #""columns":["customer"],"relationFields":[{"field":"customer","output":"id"}]"#,
            ["relationFields.customer: relation_target_not_whitelisted"]
        ),
        (
            #""columns":["driver_id"],"relationFields":[{"field":"driver_id","output":"id","table":"drivers"}]"#,
            ["relationFields.driver_id: relation_target_not_whitelisted"]
        ),
        (
            #""columns":["driver_id"],"relationFields":[{"field":"driver_id","output":"id"},{"field":"driver_id","output":"id"}]"#,
            ["relationFields.driver_id: duplicate relation field"]
        ),
        (
            #""columns":["driver_id"],"relationFields":[{"output":"id"},"x",{"field":"driver_id","output":1,"join":2}]"#,
            [
                "relationFields.0.field: relationFields.0.field is required",
                "relationFields.1: relationFields.1 must be an object",
                "relationFields.driver_id.output: relationFields.driver_id.output must be a string",
                "relationFields.driver_id.join: unknown field",
            ]
        ),
        // I36: the date range.
        (
            #""dateRange":{"from":"2026-05-07","to":"2026-05-01"}"#,
            ["dateRange.from: dateRange.from must not be after dateRange.to"]
        ),
        (
            #""dateRange":{"from":"2026-02-30","to":"2026-13-01"}"#,
            [
                "dateRange.from: dateRange.from must be a date such as 2026-05-01",
                "dateRange.to: dateRange.to must be a date such as 2026-05-01",
            ]
        ),
        (
            #""dateRange":{"from":"infinity","to":"2026-1-1"}"#,
            [
                "dateRange.from: dateRange.from must be a date such as 2026-05-01",
                "dateRange.to: dateRange.to must be a date such as 2026-05-01",
            ]
        ),
        (
            #""dateRange":{"from":"0000-01-01","to":"10000-01-01"}"#,
            [
                "dateRange.from: dateRange.from must be a date such as 2026-05-01",
                "dateRange.to: dateRange.to must be a date such as 2026-05-01",
            ]
        ),
        (#""dateRange":{"from":"2026-01-01"}"#, ["dateRange.to: dateRange.to is required"]),
        (
            #""dateRange":{"from":20260101,"to":"٢٠٢٦-01-01"}"#,
            [
                "dateRange.from: dateRange.from must be a string",
                "dateRange.to: dateRange.to must be a date such as 2026-05-01",
            ]
        ),
        (
            #""dateRange":{"from":"1899-12-31","to":"2000-01-01"}"#,
            ["dateRange: dateRange must span at most 36525 days"]
        ),
        (#""dateRange":"2026-01-01""#, ["dateRange: dateRange must be an object"]),
        (
            #""timezone":"Europe/Olso""#,
            [
                "timezone: timezone must be an IANA time zone such as UTC or Europe/Oslo; the database does not know Europe/Olso"
            ]
        ),
        (#""timezone":"+02:00""#, ["timezone: timezone must be an IANA time zone such as UTC or Europe/Oslo"]),
        (#""headings":["Amount"]"#, ["headings: headings must be an object"]),
        (#""headings":{"status":1}"#, ["headings.status: headings.status must be a string"]),
        (
            #""columns":["amount"],"headings":{"amount":"Sum","status":"State","co.lumn":"x"}"#,
            [
                "headings.status: headings.status is not among the columns",
                "headings.co.lumn: headings.co.lumn is not among the columns",
            ]
        ),
        (
            #""headings":{"status":"","delivery_code":" \u00a0"}"#,
            [
                "headings.status: headings.status must be 1 to 255 printable characters",
                "headings.delivery_code: headings.delivery_code must be 1 to 255 printable characters",
            ]
        ),
        (
            #""headings":{"status":"a\nb","delivery_code":"a\u2028b"}"#,
            [
                "headings.status: headings.status must be 1 to 255 printable characters",
                "headings.delivery_code: headings.delivery_code must be 1 to 255 printable characters",
            ]
        ),
        (
            #""headings":{"status":"\#(String(repeating: "æ", count: 256))"}"#,
            ["headings.status: headings.status must be 1 to 255 printable characters"]
        ),
        (
            #""headings":{"status":"Code","delivery_code":"Code"}"#,
            ["headings.delivery_code: duplicate heading: Code"]
        ),
        // I38: statuses.
        (#""statuses":[]"#, ["statuses: statuses must not be empty"]),
        (
            #""statuses":["'","pending","shipped"]"#,
            ["statuses: unknown status: '", "statuses: unknown status: shipped"]
        ),
        (#""statuses":["pending","pending"]"#, ["statuses: duplicate status: pending"]),
        (#""statuses":[""]"#, ["statuses: unknown status: "]),
        // I39: the scope.
        (#""scope":{"type":"planet","values":["x"]}"#, ["scope.type: scope.type must be one of zone, route"]),
        (
            #""scope":{"type":"zone","values":["' OR '1'='1","\#(zone)"]}"#,
            ["scope.values.0: scope.values.0 must be a UUID"]
        ),
        (
            #""scope":{"type":"route","values":["1","2"]}"#,
            ["scope.values: scope.values must have exactly one item for the scope route"]
        ),
        (
            #""scope":{"type":"route","values":["9223372036854775808"]}"#,
            ["scope.values.0: scope.values.0 must be an integer from -9223372036854775808 to 9223372036854775807"]
        ),
        (
            #""scope":{"type":"route","values":[9223372036854775808]}"#,
            ["scope.values.0: scope.values.0 must be an integer from -9223372036854775808 to 9223372036854775807"]
        ),
        (
            #""scope":{"type":"route","values":[1.5]}"#,
            ["scope.values.0: scope.values.0 must be an integer from -9223372036854775808 to 9223372036854775807"]
        ),
        (
            #""scope":{"type":"route","values":[true]}"#,
            ["scope.values.0: scope.values.0 must be an integer or a string"]
        ),
        (#""scope":{"type":"zone","values":[1.5]}"#, ["scope.values.0: scope.values.0 must be a string"]),
        (#""scope":{"type":"zone","values":[]}"#, ["scope.values: scope.values must not be empty"]),
        (#""scope":{"type":"zone"}"#, ["scope.values: scope.values is required"]),
        (#""scope":{"values":["x"]}"#, ["scope.type: scope.type is required"]),
        (#""scope":{"type":"zone","values":["\#(zone)","\#(zone)"]}"#, ["scope.values: duplicate value: \(zone)"]),
        // I42: the order.
        (#""sort":[{"field":"created_at;--"}]"#, ["sort.0.field: unknown column: created_at;--"]),
        (
            #""sort":[{"field":"amount","direction":"up"}]"#,
            ["sort.0.direction: sort.0.direction must be one of asc, desc"]
        ),
        (#""sort":[{"field":"extra"}]"#, ["sort.0.field: cannot sort by a json column: extra"]),
        (#""sort":[{"field":"amount"},{"field":"amount","direction":"desc"}]"#, ["sort: duplicate column: amount"]),
        (#""sort":["amount"]"#, ["sort.0: sort.0 must be an object"]),
        // How the file is written.
        (#""locale":"xx-YY""#, ["locale: unknown locale: xx-YY"]),
        (#""locale":"zz_NO""#, ["locale: unknown locale: zz_NO"]),
        (
            #""csv":{"delimiter":":"}"#,
            ["csv.delimiter: csv.delimiter must be a comma, a semicolon, a tab or a vertical bar"]
        ),
        (
            #""csv":{"bom":"yes","header":"keys","formulaGuard":1}"#,
            [
                "csv.bom: csv.bom must be true or false", "csv.header: csv.header must be one of label, key, none",
                "csv.formulaGuard: csv.formulaGuard must be true or false",
            ]
        ),
        (#""compression":"zip""#, ["compression: compression must be one of none, gzip"]),
        (
            #""includeAnnexes":"true","notifyOnCompletion":0"#,
            [
                "includeAnnexes: includeAnnexes must be true or false",
                "notifyOnCompletion: notifyOnCompletion must be true or false",
            ]
        ),
        (
            #""filterFile":"../../etc/passwd""#,
            ["filterFile: filterFile must be the SHA-256 of an uploaded filter file"]
        ),
    ]

    @Test(arguments: cases)
    func `says what is wrong in which field`(_ members: String, _ faults: [String]) throws {
        #expect(try Self.faults(Self.orders(members)) == faults)
    }

    @Test func `I34 and I38 and I39 more than a thousand items`() throws {
        let many = "[" + Array(repeating: #""x""#, count: 1_001).joined(separator: ",") + "]"
        let body = Self.orders(#""columns":\#(many),"statuses":\#(many),"scope":{"type":"zone","values":\#(many)}"#)
        let faults = [
            RequestFault(field: "statuses", message: "statuses must have at most 1000 items"),
            RequestFault(field: "scope.values", message: "scope.values must have at most 1000 items"),
            RequestFault(field: "columns", message: "columns must have at most 1000 items"),
        ]
        #expect(throws: RequestError.faults(faults)) {
            try CheckedExport.decode(
                FieldReader(try JSON.parse(body, limits: .stored)),
                in: CatalogSet([Samples.ordersReport].compactMap { $0 }), knowsTimeZone: { _ in true })
        }
    }

    @Test func `what a catalog does not have cannot be asked of it`() throws {
        let body = """
            {"module":"warehouse","catalog":"inventory-items","format":"xlsx","statuses":["a"],"filterFile":"0192f3c40192f3c40192f3c40192f3c40192f3c40192f3c40192f3c40192f3c4",
            "dateRange":{"from":"2026-01-01","to":"2026-01-01"},"scope":{"type":"zone","values":["a"]},
            "csv":{},"compression":"gzip"}
            """
        #expect(
            try Self.faults(body) == [
                "dateRange: the catalog inventory-items has no date field",
                "statuses: the catalog inventory-items has no statuses",
                "scope.type: the catalog inventory-items has no scopes",
                "csv: csv belongs to format csv",
                "compression: compression gzip belongs to format \(ExportFormat.words(having: .compression))",
                "filterFile: the catalog inventory-items has no filter key",
            ])
    }

    @Test func `a hundred years are a range, a day more is none`() throws {
        #expect(try Self.request(#""dateRange":{"from":"1926-01-01","to":"2025-12-31"}"#) != nil)
        #expect(try Self.request(#""dateRange":{"from":"0001-01-01","to":"0001-01-01"}"#) != nil)
        #expect(try Self.request(#""dateRange":{"from":"9999-12-31","to":"9999-12-31"}"#) != nil)
    }
}
