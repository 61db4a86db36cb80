import SQLText

extension ColumnComparison {
    /// `column` compared with `value`, which takes on the column's type.
    func compare(_ column: SQL, _ comparator: Comparator, _ value: SQL) -> SQL {
        guard case .byClass(let operators) = order else { return "\(column) \(comparator.sign) \(value)" }
        return "\(operand(column)) \(operators.sql(comparator)) \(typed(value))"
    }

    /// Whether `column` equals one of the values.
    func isAny(_ column: SQL, of values: [SQL]) -> SQL {
        guard case .byClass(let operators) = order else {
            return "\(column) in (\(values.joined(separator: ", ")))"
        }
        let list = values.map(typed).joined(separator: ", ")
        return "\(operand(column)) \(operators.sql(.equal)) any (array[\(list)])"
    }

    /// Whether `column` equals one of the values of a subquery, which are operands.
    func isAny(_ column: SQL, in subquery: SQL) -> SQL {
        guard case .byClass(let operators) = order else { return "\(column) in (\(subquery))" }
        return "\(operand(column)) \(operators.sql(.equal)) any (\(subquery))"
    }

    /// Whether two columns of operands are equal.
    func compareOperands(_ one: SQL, _ other: SQL) -> SQL {
        guard case .byClass(let operators) = order else { return "\(one) = \(other)" }
        return "\(one) \(operators.sql(.equal)) \(other)"
    }

    /// The column as the operators take it. Such a cast changes no byte, so that indexes on the column serve.
    func operand(_ column: SQL) -> SQL {
        guard case .byClass(let operators) = order, isDomain || operators.input != nil else { return column }
        return "cast(\(column) as \((operators.input ?? type).sql))"
    }

    /// A value, as the operators take it. It is read as the column's type without its domains, whose constraints a
    /// value that is looked for need not meet; an integer as the widest one, so that a number that is too large equals
    /// nothing.
    func typed(_ value: SQL) -> SQL {
        let own: SQL = "cast(\(value) as \(exactKind == .integer ? "\"pg_catalog\".\"int8\"" : type.sql))"
        guard case .byClass(let operators) = order, let input = operators.input else { return own }
        return "cast(\(own) as \(input.sql))"
    }

    /// The rows of one tenant: those whose value is written exactly as the tenant, also where the type or the collation
    /// treats other texts as equal. The type's own operator is added for the index.
    func isTenant(_ column: SQL, _ tenant: String, _ declared: KeyType) -> SQL {
        let equal = compare(column, .equal, declared.sql(tenant))
        guard declared != .integer, exactKind == nil else { return equal }
        return "\(equal) and \(column)::text collate \"C\" = \(bind: tenant)::text"
    }

    /// The key of a related row compared with the column that points to it.
    ///
    /// Two columns of one type are compared by its own operator, others by the operator that PostgreSQL finds for the
    /// two. Of two collations the key's decides: PostgreSQL would not know, or take the pointer's, by which the key may
    /// not be unique, and which its index does not serve.
    func isKey(_ key: SQL, of pointer: SQL, _ other: ColumnComparison) -> SQL {
        let collated: SQL = collation == other.collation ? "" : " collate \(collationName)"
        guard type == other.type, let operators = operatorClass ?? other.operatorClass else {
            return "\(key) = \(pointer)\(collated)"
        }
        return "\(operand(key)) \(operators.sql(.equal)) \(other.operand(pointer))\(collated)"
    }

    /// For ORDER BY of values that are not the column's.
    var collate: SQL { collation == nil ? "" : " collate \(collationName)" }

    private var collationName: SQL { (collation ?? QualifiedName("pg_catalog", "default")).sql }

    private var operatorClass: OperatorClass? {
        if case .byClass(let operators) = order { operators } else { nil }
    }
}

extension OperatorClass {
    func sql(_ comparator: Comparator) -> SQL {
        let name = operators[comparator.rawValue]
        // The characters of an operator (PostgreSQL manual, "Lexical Structure", "Operators"); it cannot be quoted.
        let sign = name.name.filter { "+-*/<>=~!@#%^&|`?".contains($0) }
        return "operator(\(identifier: name.schema).\(SQL(unsafeText: sign)))"
    }
}
