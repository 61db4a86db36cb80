import Postgres
import SQLText

extension ColumnComparisons {
    /// Reads the system catalogs, which needs no rights on the tables.
    ///
    /// One query of pg_attribute is enough for PostgreSQL's usual types, whose OIDs are fixed. Only other types need
    /// the queries for operator classes and collations.
    package static func read(
        _ places: Set<ColumnPlace>, on connection: Connection
    ) throws(PostgresError) -> ColumnComparisons {
        let places = places.sorted { ($0.table.quoted, $0.column) < ($1.table.quoted, $1.column) }
        let rows = try connection.query(Self.attributes(places), "look up compared columns").all
        let found = rows.compactMap { Attribute($0, of: places) }
        let strange = Set(found.map(\.type)).subtracting(usualTypes.keys)
        let types = strange.isEmpty ? [:] : try self.types(strange, on: connection)
        let named = Set(found.map(\.collation)).subtracting([0, defaultCollation])
        let collations = named.isEmpty ? [:] : try self.collations(named, on: connection)
        var columns: [ColumnPlace: ColumnComparison] = [:]
        for attribute in found {
            let collation = collations[attribute.collation]
            let type =
                types[attribute.type]
                ?? TypeOrder(type: QualifiedName("pg_catalog", usualTypes[attribute.type] ?? "text"))
            columns[attribute.place] = ColumnComparison(
                type: type.type, isDomain: type.isDomain, order: type.order, collation: collation?.name,
                isDeterministic: collation?.isDeterministic ?? true)
        }
        return ColumnComparisons(columns)
    }

    /// PostgreSQL's usual types that have an order of their own (varchar: text's), by their OIDs in pg_type.dat.
    private static let usualTypes: [Int64: String] = [
        16: "bool", 17: "bytea", 19: "name", 20: "int8", 21: "int2", 23: "int4", 25: "text", 26: "oid", 700: "float4",
        701: "float8", 790: "money", 869: "inet", 1042: "bpchar", 1043: "varchar", 1082: "date", 1083: "time",
        1114: "timestamp", 1184: "timestamptz", 1186: "interval", 1266: "timetz", 1700: "numeric", 2950: "uuid",
        3802: "jsonb",
    ]
    /// pg_collation's `default`.
    private static let defaultCollation: Int64 = 100

    private struct Attribute {
        let place: ColumnPlace
        let type: Int64
        let collation: Int64

        init?(_ row: Rows.Row, of places: [ColumnPlace]) {
            guard let number = row.integer("place"), let type = row.integer("type"),
                let collation = row.integer("collation")
            else { return nil }
            place = places[Int(number) - 1]
            self.type = type
            self.collation = collation
        }
    }

    private struct TypeOrder {
        let type: QualifiedName
        var isDomain = false
        var order = ColumnComparison.Order.plain
    }

    private static func types(
        _ oids: Set<Int64>, on connection: Connection
    ) throws(PostgresError) -> [Int64: TypeOrder] {
        var types: [Int64: TypeOrder] = [:]
        for row in try connection.query(orders(oids.sorted()), "look up operator classes").all {
            guard let oid = row.integer("root"), let type = row.name("type_schema", "type_name") else { continue }
            let operators = zip(row.strings("operator_schemas") ?? [], row.strings("operators") ?? [])
                .map { QualifiedName($0, $1) }
            let order: ColumnComparison.Order =
                row.boolean("is_ordered") == true && operators.count == Comparator.allCases.count
                ? .byClass(
                    OperatorClass(
                        operators: operators, input: row.name("input_schema", "input_name"),
                        isUsable: row.boolean("usable") ?? false))
                : .none
            types[oid] = TypeOrder(type: type, isDomain: row.boolean("is_domain") ?? false, order: order)
        }
        return types
    }

    private static func collations(
        _ oids: Set<Int64>, on connection: Connection
    ) throws(PostgresError) -> [Int64: (name: QualifiedName, isDeterministic: Bool)] {
        let rows = try connection.query(
            """
            select c.oid::bigint as oid, n.nspname as schema, c.collname as name, c.collisdeterministic as deterministic
            from pg_collation c join pg_namespace n on n.oid = c.collnamespace
            where c.oid = any(\(bind: oids.sorted().map(String.init))::oid[])
            """, "look up collations")
        return rows.all.reduce(into: [:]) { collations, row in
            guard let oid = row.integer("oid"), let name = row.name("schema", "name") else { return }
            collations[oid] = (name, row.boolean("deterministic") ?? false)
        }
    }
}

extension Rows.Row {
    fileprivate func name(_ schema: String, _ name: String) -> QualifiedName? {
        guard let schema = string(schema), let name = string(name) else { return nil }
        return QualifiedName(schema, name)
    }
}
