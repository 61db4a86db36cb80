/// What the live database says about the tables that catalogs name: everything the checker compares with, and nothing
/// else.
package struct DatabaseFacts: Equatable, Sendable {
    package var tables: [TableName: TableFacts]
    /// Every table and view there is outside the system schemas, for "did you mean".
    package var tableNames: [String]
    /// Of the zones that were asked for, those the server knows.
    package var timeZones: Set<String>

    package init(tables: [TableName: TableFacts] = [:], tableNames: [String] = [], timeZones: Set<String> = ["UTC"]) {
        self.tables = tables
        self.tableNames = tableNames
        self.timeZones = timeZones
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
    /// The columns of each valid unique index that covers all rows.
    package var uniqueKeys: [Set<String>]

    package init(
        kind: Kind = .table, isSchemaUsable: Bool = true, columns: [ColumnFacts], uniqueKeys: [Set<String>] = []
    ) {
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
    package var isNotNull: Bool
    /// Whether the reading role may select it.
    package var isReadable: Bool

    package init(name: String, type: PostgresType, isNotNull: Bool = false, isReadable: Bool = true) {
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
    /// The labels of an enum; nil for what is none.
    package var enumLabels: [String]?
    /// A numeric declared without decimals.
    package var isIntegralNumeric: Bool

    package init(
        _ name: String, displayName: String? = nil, enumLabels: [String]? = nil, isIntegralNumeric: Bool = false
    ) {
        self.name = name
        self.displayName = displayName ?? name
        self.enumLabels = enumLabels
        self.isIntegralNumeric = isIntegralNumeric
    }
}
