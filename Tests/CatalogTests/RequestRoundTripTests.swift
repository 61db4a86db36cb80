import Formats
import JSON
import Testing
import Time

@testable import Catalog

struct RequestRoundTripTests {
    @Test func `writes one canonical form`() throws {
        let request = try RequestDecodingTests.request(
            #""statuses":["pending"],"csv":{"bom":true},"dateRange":{"to":"2026-02-01","from":"2026-01-01"}"#)
        #expect(
            request?.json.text == """
                {"module":"delivery","catalog":"delivery-orders","format":"csv",\
                "dateRange":{"from":"2026-01-01","to":"2026-02-01"},"statuses":["pending"],\
                "columns":["delivery_code","status"],"relationFields":[],"timezone":"UTC",\
                "csv":{"bom":true,"header":"label","formulaGuard":true},"compression":"none",\
                "includeAnnexes":false,"notifyOnCompletion":false}
                """)
    }

    @Test func `a default that is written out and one that is left out are the same request`() throws {
        let short = try RequestDecodingTests.request("")
        let long = try RequestDecodingTests.request(
            #""timezone":"UTC","compression":"none","columns":["delivery_code","status"],"csv":{"header":"label"}"#)
        #expect(short?.json == long?.json)
    }

    @Test func `every request comes back from its own json`() throws {
        let report = try #require(Samples.ordersReport)
        var random = SplitMix64(seed: 20_260_507)
        for _ in 0..<500 {
            let request = Self.request(for: report, &random)
            let stored = try JSON.parse(request.json.serialized)
            let decoded = try RequestDecoding.decode(stored: stored, of: report)
            #expect(decoded == request)
            #expect(decoded.json.serialized == request.json.serialized)
        }
    }

    /// Some request that `report` allows.
    static func request(for report: Report, _ random: inout SplitMix64) -> ExportRequest {
        let columns = Array(report.columns.shuffled(using: &random).prefix(Int.random(in: 1...8, using: &random)))
        var request = ExportRequest(
            module: report.module, catalog: report.key,
            format: report.formats.randomElement(using: &random) ?? .csv,
            columns: columns.map(\.key))
        for column in columns where Bool.random(using: &random) {
            guard let option = column.relationOptions.randomElement(using: &random) else { continue }
            let output: ExportRequest.RelationField.Output =
                switch option.output {
                case .id: .id
                case .referenceValue(let path):
                    .referenceValue(table: path.relation, referenceField: path.referenceField)
                }
            request.relationFields.append(ExportRequest.RelationField(field: column.key, output: output))
        }
        if Bool.random(using: &random) {
            let days = (0..<2).compactMap { _ in
                CivilDate(
                    year: Int.random(in: 1990...2030, using: &random), month: Int.random(in: 1...12, using: &random),
                    day: Int.random(in: 1...28, using: &random))
            }.sorted()
            request.dateRange = DateRange(from: days[0], to: days[1])
        }
        if Bool.random(using: &random) { request.statuses = ["delivered"] }
        if Bool.random(using: &random) {
            request.scope = ExportRequest.ScopeSelection(
                type: "route", values: ["\(Int64.random(in: .min ... .max, using: &random))"])
        }
        request.timezone = ["UTC", "Europe/Oslo"].randomElement(using: &random) ?? "UTC"
        request.locale = [nil, "nb-NO", "en", "es-MX"].randomElement(using: &random) ?? nil
        for key in request.columns where Bool.random(using: &random) { request.headings[key] = "=\(key), \"æ\"" }
        request.values = Bool.random(using: &random) ? .label : .key
        request.includeAnnexes = Bool.random(using: &random)
        request.notifyOnCompletion = Bool.random(using: &random)
        request.filterFile = [nil, String(repeating: "0f", count: 32)].randomElement(using: &random) ?? nil
        if request.format == .csv {
            var csv = JSON.Object()
            if let delimiter = ([nil] + CSVOptions.delimiters).randomElement(using: &random) ?? nil {
                csv["delimiter"] = .string(delimiter)
            }
            csv["bom"] = .bool(Bool.random(using: &random))
            csv["header"] = .string((CSVHeader.allCases.randomElement(using: &random) ?? .label).rawValue)
            csv["formulaGuard"] = .bool(Bool.random(using: &random))
            request.options.members["csv"] = .object(csv)
        }
        if request.format.has(.compression) { request.options.isCompressed = Bool.random(using: &random) }
        request.sort = report.columns.filter { $0.type != .json }.shuffled(using: &random)
            .prefix(Int.random(in: 0...3, using: &random))
            .map { SortTerm(field: $0.key, direction: Bool.random(using: &random) ? .asc : .desc) }
        return request
    }
}
