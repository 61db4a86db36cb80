/// A report of the demo as somebody would write it in SQL who knows neither Penstock nor its catalog files.
struct IndependentReport: Sendable, CustomStringConvertible {
    struct Column: Sendable {
        let key: String
        /// Gives the text that stands in the file.
        let sql: String
        /// Whether a leading `=`, `+`, `-` or `@` is made harmless.
        let isText: Bool
    }

    /// A key replaced by a value it leads to.
    struct Reference: Sendable {
        let field: String
        let table: String
        let referenceField: String
        let sql: String
        var isText = true
    }

    let module: String
    let key: String
    /// The table as `t` with whatever the references need.
    let from: String
    let order: String
    let columns: [Column]
    var references: [Reference] = []

    var description: String { key }

    /// - Parameter chosen: columns shown by reference.
    func query(tenant: String, chosen: [Reference], where condition: String = "true") -> String {
        let cells = columns.map { column in
            chosen.first { $0.field == column.key }?.sql ?? column.sql
        }
        return "select \(cells.joined(separator: ", ")) from \(from) "
            + "where t.tenant_id = '\(tenant)' and \(condition) order by \(order)"
    }

    /// Positions of the columns whose values are guarded.
    func guarded(chosen: [Reference]) -> [Int] {
        columns.indices.filter { index in
            chosen.first { $0.field == columns[index].key }?.isText ?? columns[index].isText
        }
    }

    /// Sets of references that together show each of them once.
    var variants: [[Reference]] {
        var rest = references
        var result: [[Reference]] = []
        while !rest.isEmpty {
            var taken: [Reference] = []
            for reference in rest where !taken.contains(where: { $0.field == reference.field }) {
                taken.append(reference)
            }
            rest.removeAll { one in taken.contains { $0.field == one.field && $0.referenceField == one.referenceField }
            }
            result.append(taken)
        }
        return result
    }
}

// How a type of PostgreSQL's stands in a file, in PostgreSQL's own words.
extension IndependentReport.Column {
    static func text(_ key: String) -> Self { Self(key: key, sql: "t.\(key)::text", isText: true) }

    static func plain(_ key: String, _ column: String? = nil) -> Self {
        Self(key: key, sql: "t.\(column ?? key)::text", isText: false)
    }

    static func time(_ key: String) -> Self { Self(key: key, sql: instant("t.\(key)"), isText: false) }

    static func osloTime(_ key: String) -> Self {
        Self(key: key, sql: instant("(t.\(key) at time zone 'Europe/Oslo')"), isText: false)
    }

    private static func instant(_ expression: String) -> String {
        "replace(to_json(\(expression))#>>'{}', '+00:00', 'Z')"
    }
}
