import JSON
import Posix
import Support

/// What the tests of uploaded lists of keys share.
enum FilterFile {
    /// The request that a list narrows.
    static let orders: JSON = [
        "module": "delivery", "catalog": "delivery-orders", "format": "csv",
        "columns": ["delivery_code", "created_at"],
        "csv": ["formulaGuard": false],
    ]

    /// Some of the tenant's delivery codes.
    static func codes(_ stage: Stage, _ condition: String, limit: Int) throws -> [String] {
        try stage.rows(
            """
            select delivery_code from delivery_orders where tenant_id = '\(stage.tenant)' and \(condition)
            order by md5(delivery_code) limit \(limit)
            """, on: .source
        ).compactMap { $0.first ?? nil }
    }

    /// The codes that a list with these keys gives, in the report's order, by an independent query.
    static func expected(_ stage: Stage, _ codes: [String]) throws -> [String] {
        let list = codes.map { "('\($0.replacing("'", with: "''"))')" }.joined(separator: ",")
        return try stage.rows(
            """
            select d.delivery_code from delivery_orders d where d.tenant_id = '\(stage.tenant)'
              and exists (select from (values \(list)) v(code) where v.code = d.delivery_code)
            order by d.created_at desc, d.id desc
            """, on: .source
        ).compactMap { $0.first ?? nil }
    }

    /// The first field of each row of a CSV file.
    static func firstColumn(_ file: [UInt8]) -> [String] {
        CSVText(file).records.dropFirst().compactMap { $0.first?.text }
    }

    /// The SHA-256 of a list, in hex.
    static func sha256(_ bytes: [UInt8]) throws -> String {
        String(decoding: try Shell.output(["sha256sum"], input: bytes), as: UTF8.self).split(separator: " ")
            .first.map(String.init) ?? ""
    }

    /// Every kept list of a stage.
    static func keyFiles(_ stage: Stage) throws -> Set<String> {
        let found = try Shell.output(["find", "\(stage.state)/storage/files", "-name", "*.keys*"])
        return Set(String(decoding: found, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    /// Where the list of a job is kept.
    static func keyFile(_ stage: Stage, of job: String) -> String {
        "\(stage.state)/storage/files/\(job.suffix(2))/\(job).0.keys"
    }
}
