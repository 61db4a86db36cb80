import SQLText

/// How PostgreSQL orders the values of a column, and how a condition says the same.
///
/// ORDER BY goes by the default btree operator class of the column's type, in any schema. An operator that
/// is written as its sign alone is looked up along the search path instead: where citext's schema is not in it, `>=` on
/// a citext column becomes text's, which orders otherwise. So the operators of the class are written with their schemas
/// and the values with their type; only PostgreSQL's own types, whose operators every search path finds first, keep the
/// signs.
package struct ColumnComparison: Equatable, Sendable {
    package enum Order: Equatable, Sendable {
        /// By signs alone: a type of PostgreSQL's own.
        case plain
        case byClass(OperatorClass)
        /// The type has no order: xml, json, point.
        case none
    }

    /// The kind of comparison by which two values of a column are equal exactly when they are written alike. `numeric`
    /// has none: 1.0 and 1 are equal and written differently.
    package enum ExactKind: Equatable, Sendable {
        case integer, uuid
        /// Of a deterministic collation.
        case text
    }

    /// The column's type with its domains taken off.
    let type: QualifiedName
    /// Whether the column is declared with a domain.
    let isDomain: Bool
    package let order: Order
    /// nil for the database's default, and for types without collations.
    let collation: QualifiedName?
    /// Whether texts that the collation takes for equal are the same bytes.
    let isDeterministic: Bool

    init(
        type: QualifiedName, isDomain: Bool = false, order: Order = .plain, collation: QualifiedName? = nil,
        isDeterministic: Bool = true
    ) {
        self.type = type
        self.isDomain = isDomain
        self.order = order
        self.collation = collation
        self.isDeterministic = isDeterministic
    }

    /// The comparison of an ordinary text column, assumed for a column that was not looked up.
    package static let assumed = ColumnComparison(type: QualifiedName("pg_catalog", "text"))

    var exactKind: ExactKind? {
        guard type.schema == "pg_catalog" else { return nil }
        switch type.name {
        case "int2", "int4", "int8": return .integer
        case "uuid": return .uuid
        case "text", "varchar": return isDeterministic ? .text : nil
        default: return nil
        }
    }

    /// For messages: `extensions.citext`.
    package var typeName: String { "\(type.schema).\(type.name)" }

    /// Whether the reading role may name the type and its operators, as every condition on the column must.
    package var isUsable: Bool {
        if case .byClass(let operators) = order { operators.isUsable } else { true }
    }
}

/// The operators of a type's default btree operator class.
package struct OperatorClass: Equatable, Sendable {
    /// In the order of `Comparator`.
    let operators: [QualifiedName]
    /// The type whose operators they are, where it is another one of the same bytes: inet of a cidr.
    let input: QualifiedName?
    let isUsable: Bool
}

/// The strategies of a btree operator class, in their order.
enum Comparator: Int, CaseIterable {
    case less, lessOrEqual, equal, greaterOrEqual, greater

    var sign: SQL {
        switch self {
        case .less: "<"
        case .lessOrEqual: "<="
        case .equal: "="
        case .greaterOrEqual: ">="
        case .greater: ">"
        }
    }
}

/// A type, an operator or a collation with its schema.
package struct QualifiedName: Equatable, Sendable {
    let schema: String
    let name: String

    init(_ schema: String, _ name: String) {
        self.schema = schema
        self.name = name
    }

    var sql: SQL { "\(identifier: schema).\(identifier: name)" }
}
