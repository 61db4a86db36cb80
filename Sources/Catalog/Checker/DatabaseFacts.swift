/// The facts of the live database about the tables that catalogs name, as far as the checker needs them.
package struct DatabaseFacts: Equatable, Sendable {
    package var tables: [TableName: TableFacts]
    /// Every table and view there is outside the system schemas, for "did you mean".
    package var tableNames: [String]
    /// Of the zones that were asked for, those the server knows.
    package var timeZones: Set<String>
    /// The database's encoding, as PostgreSQL calls it.
    package var encoding: String
    /// Of the catalogs' statuses, those that the encoding cannot hold.
    package var foreignStatuses: Set<String>

    package init(
        tables: [TableName: TableFacts] = [:], tableNames: [String] = [], timeZones: Set<String> = ["UTC"],
        encoding: String = "UTF8", foreignStatuses: Set<String> = []
    ) {
        self.tables = tables
        self.tableNames = tableNames
        self.timeZones = timeZones
        self.encoding = encoding
        self.foreignStatuses = foreignStatuses
    }
}

/// A table or view as the reading role sees it.
package struct TableFacts: Equatable, Sendable {
    /// pg_class.relkind, as far as it matters here.
    package enum Kind: Equatable, Sendable {
        /// Ordinary and partitioned tables: constraints and indexes tell all.
        case table
        /// Has unique indexes but no NOT NULL.
        case materializedView
        /// Views and foreign tables: nothing enforces a key.
        case view
    }

    package var kind: Kind
    package var isSchemaUsable: Bool
    package var columns: [ColumnFacts]
    /// The columns of each valid unique index that covers all rows; empty when the table has children, whose rows it
    /// would not cover.
    package var uniqueKeys: [Set<String>]
    /// Tables that inherit from it, but for partitions: their rows are among its rows, and its indexes know nothing of
    /// them.
    package var children: [String]
    /// It and the tables behind it, where it is a view, whose rows cannot be read as they are.
    package var obstacles: [Obstacle]
    /// The first two columns of each index over all rows, in the index's order.
    package var indexes: [[String]]
    /// As the planner estimates them; 0 when it does not know.
    package var rows: Int

    /// Why the rows of a table, or of one that a view reads, do not come although the table is there.
    package struct Obstacle: Equatable, Sendable {
        package enum Reason: Equatable, Sendable {
            /// Row-level security is on, and no policy lets this role see a row.
            case noPolicy(role: String)
            /// A materialized view that was made with no data, or has been emptied.
            case notFilled
        }

        /// With its schema.
        package var table: String
        package var reason: Reason

        package init(table: String, reason: Reason) {
            self.table = table
            self.reason = reason
        }
    }

    package init(
        kind: Kind = .table, isSchemaUsable: Bool = true, columns: [ColumnFacts], uniqueKeys: [Set<String>] = [],
        children: [String] = [], obstacles: [Obstacle] = [], indexes: [[String]] = [], rows: Int = 0
    ) {
        self.indexes = indexes
        self.rows = rows
        self.children = children
        self.obstacles = obstacles
        self.kind = kind
        self.isSchemaUsable = isSchemaUsable
        self.columns = columns
        self.uniqueKeys = uniqueKeys
    }

    package func column(_ name: String) -> ColumnFacts? {
        columns.first { $0.name == name }
    }
}

package struct ColumnFacts: Equatable, Sendable {
    package var name: String
    package var type: PostgresType
    /// Of every row: a constraint that is NOT VALID promises nothing of those that were there before it.
    package var isNotNull: Bool
    /// Whether the reading role may select it.
    package var isReadable: Bool
    package var comparison: ColumnComparison

    package init(
        name: String, type: PostgresType, isNotNull: Bool = false, isReadable: Bool = true,
        comparison: ColumnComparison = .assumed
    ) {
        self.comparison = comparison
        self.name = name
        self.type = type
        self.isNotNull = isNotNull
        self.isReadable = isReadable
    }
}

/// A column's type with its domains taken off.
package struct PostgresType: Equatable, Sendable {
    /// pg_type.typname: `int4`, `timestamptz`, or an enum's own name.
    package var name: String
    /// As a person writes it: `integer`, `timestamp with time zone`, `numeric(12,2)`.
    package var displayName: String
    /// The labels of an enum; nil for other types.
    package var enumLabels: [String]?
    /// A numeric declared without decimals.
    package var isIntegralNumeric: Bool
    /// Such a one that may hold more digits than a bigint.
    package var isWiderThanBigint: Bool

    package init(
        _ name: String, displayName: String? = nil, enumLabels: [String]? = nil, isIntegralNumeric: Bool = false,
        isWiderThanBigint: Bool = false
    ) {
        self.isWiderThanBigint = isWiderThanBigint
        self.name = name
        self.displayName = displayName ?? name
        self.enumLabels = enumLabels
        self.isIntegralNumeric = isIntegralNumeric
    }
}
