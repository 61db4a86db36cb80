import SQLText

/// A column of the file, in its order.
package struct OutputColumn: Equatable, Sendable {
    package let key: String
    /// In the caller's language, or what the request calls it.
    package let label: String
    /// The column's declared type, also where a related row's value is shown.
    package let type: ColumnType
    /// `id` or `reference_value` where the request says so.
    package let relationOutput: String?
    /// The kind of the cells; for a reference value, of the type that its relation option declares.
    package let kind: OutputKind
    /// Whether a user may have typed its texts, which can then be formulas (see `CompiledExport.knowing(types:)`).
    package var mayHoldFormulas: Bool

    package init(
        key: String, label: String, type: ColumnType, relationOutput: String? = nil, kind: OutputKind,
        mayHoldFormulas: Bool = true
    ) {
        self.mayHoldFormulas = mayHoldFormulas
        self.key = key
        self.label = label
        self.type = type
        self.relationOutput = relationOutput
        self.kind = kind
    }
}

/// A request as SQL. Each statement can be run as a query with binds or, rendered with literals, inside COPY.
package struct CompiledExport: Equatable, Sendable {
    package internal(set) var columns: [OutputColumn]
    /// How many rows `rows` has. It touches the report's own table alone: no join adds or drops a row.
    package let count: SQL
    /// One row: how many rows `rows` has; then for each column of numbers, in order, how many values and their exact
    /// sum.
    package let summary: SQL
    /// Along which column the rows can be cut into ranges that follow each other.
    package let partition: Partition
    /// The list of keys that the statements look into; nil when the request has no list.
    package let filter: FilterKeysTable?
    /// Where the labels of related rows can be found without a join.
    package let lookups: [LabelLookup]
    private var cells: [Cell]
    /// The report's table, as `t`.
    private let from: SQL
    private let joins: [SQL]
    private let condition: SQL
    private let order: SQL

    /// The value of a column, and the joins that it needs.
    struct Cell: Equatable, Sendable {
        let sql: SQL
        let joins: [Int]
    }

    init(
        columns: [OutputColumn], count: SQL, summary: SQL, partition: Partition, filter: FilterKeysTable? = nil,
        lookups: [LabelLookup], cells: [Cell], from: SQL, joins: [SQL], condition: SQL, order: SQL
    ) {
        self.lookups = lookups
        self.cells = cells
        self.from = from
        self.joins = joins
        self.columns = columns
        self.count = count
        self.summary = summary
        self.partition = partition
        self.filter = filter
        self.condition = condition
        self.order = order
    }

    private var select: SQL {
        let needed = Set(cells.flatMap(\.joins)).sorted().map { joins[$0] }
        return "select \(cells.map(\.sql).joined(separator: ", "))\n\(from)\(needed.joined(separator: ""))"
    }

    /// The same export with the keys of related rows where these lookups would have had labels, and without their
    /// joins.
    package func withKeys(of lookups: [LabelLookup]) -> CompiledExport {
        var export = self
        for lookup in lookups { export.cells[lookup.column] = Cell(sql: lookup.pointer, joins: []) }
        return export
    }

    /// One result column for each of `columns`, in a total order.
    package var rows: SQL { "\(select)\nwhere \(condition)\norder by \(order)" }

    /// Those of `rows` that lie in a range, in the same order.
    package func rows(in range: KeyRange) -> SQL {
        "\(select)\nwhere \(condition)\n  and \(partition.condition(range))\norder by \(order)"
    }

    /// How many rows `rows` has, counted up to `bound`.
    package func count(upTo bound: Int) -> SQL {
        "select count(*) from (select\n\(from)\nwhere \(condition)\nlimit \(bind: bound)) counted"
    }

    /// How many rows `rows(in:)` has.
    package func count(in range: KeyRange) -> SQL {
        "\(count)\n  and \(partition.condition(range))"
    }

    /// The index in `columns` of the first term of the order, which then need not be selected once more; nil when no
    /// column is that term.
    package var sortKeyColumn: Int? { cells.firstIndex { $0.sql == partition.column } }

    /// As `rows(in:)`, with the first term of the order in a column before the others.
    package func keyedRows(in range: KeyRange) -> SQL {
        var export = self
        export.cells.insert(Cell(sql: partition.column, joins: []), at: 0)
        return export.rows(in: range)
    }

    /// The first of `rows(in:)`.
    package func head(of range: KeyRange, limit: Int) -> SQL {
        rows(in: range) + "\nlimit \(bind: limit)::bigint"
    }

    /// The first of `rows`.
    package func preview(limit: Int) -> SQL {
        rows + "\nlimit \(bind: limit)::bigint"
    }
}

/// Why a request has no SQL. A request decoded against the same report, for a tenant of the declared type, never
/// meets it.
package enum CompileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The catalog does not declare a name of the request: it has changed since the request was checked.
    case undeclared(field: String, name: String)
    /// The caller's tenant is no value of the tenant column's type.
    case tenantDoesNotFit(KeyType)
    /// All rows of the report are another tenant's.
    case otherTenant
    /// A column to sort by whose type has no order. `term` is its place in the request's own `sort`, or in the report's
    /// when the request has no `sort`.
    case unordered(term: Int, name: String, type: String)

    package var description: String {
        switch self {
        case .undeclared(let field, let name): "the catalog has changed: \(field) '\(name)' is not declared in it"
        case .tenantDoesNotFit(let type): "the tenant is not of the catalog's tenant type \(type.rawValue)"
        case .otherTenant: "the report is another tenant's"
        case .unordered(_, let name, let type): "cannot sort by a column of type \(type): \(name)"
        }
    }
}
