/// Whether a type that a catalog declares can be read from a column of a PostgreSQL type.
package enum TypeFit: Equatable, Sendable {
    case fits
    /// It works, but hardly as meant: why.
    case doubtful(String)
    /// Which PostgreSQL types or which declaration would do.
    case misfit(allowed: String)

    static func of(_ declared: ColumnType, on found: PostgresType) -> TypeFit {
        switch declared {
        case .string: string(on: found)
        case .uuid: found.isUUID || found.isText ? .fits : .misfit(allowed: "uuid or a text type")
        case .enum: found.enumLabels != nil || found.isText ? .fits : .misfit(allowed: "an enum or a text type")
        case .datetime: instant(on: found)
        case .localDatetime: localInstant(on: found)
        case .date: found.name == "date" ? .fits : .misfit(allowed: "date")
        case .time: ["time", "timetz"].contains(found.name) ? .fits : .misfit(allowed: "time")
        case .boolean: found.name == "bool" ? .fits : .misfit(allowed: "boolean")
        case .integer: found.isInteger ? .fits : .misfit(allowed: "smallint, integer, bigint or numeric(n,0)")
        case .number:
            found.isInteger || found.isNumber
                ? .fits : .misfit(allowed: "numeric, real, double precision or an integer type")
        case .json: ["json", "jsonb"].contains(found.name) ? .fits : .misfit(allowed: "json or jsonb")
        }
    }

    static func of(_ declared: KeyType, on found: PostgresType) -> TypeFit {
        switch declared {
        case .text: found.isText ? .fits : .misfit(allowed: "a text type")
        case .uuid: found.isUUID || found.isText ? .fits : .misfit(allowed: "uuid or a text type")
        case .integer: found.isInteger ? .fits : .misfit(allowed: "smallint, integer, bigint or numeric(n,0)")
        }
    }

    static func of(_ declared: DateField.Kind, on found: PostgresType) -> TypeFit {
        switch declared {
        case .datetime: instant(on: found)
        case .localDatetime: localInstant(on: found)
        case .date: of(ColumnType.date, on: found)
        }
    }

    /// Every value has a text. For a type that has a declaration of its own, which writes ISO dates or true and false,
    /// `string` is probably a mistake.
    private static func string(on found: PostgresType) -> TypeFit {
        let better: [String: String] = [
            "timestamptz": "datetime", "timestamp": "localDatetime", "bool": "boolean", "date": "date",
        ]
        if found.name == "money" {
            return .doubtful(
                "its text follows the server's lc_monetary, and a spreadsheet takes it for text; a view that casts it to"
                    + " numeric gives numbers")
        }
        guard let type = better[found.name] else { return .fits }
        return .doubtful("its values are written as PostgreSQL prints them; type \(type) writes them as \(type)s")
    }

    private static func instant(on found: PostgresType) -> TypeFit {
        switch found.name {
        case "timestamptz": .fits
        case "timestamp": .misfit(allowed: "timestamp with time zone; declare it localDatetime, with its zone")
        case "date": .misfit(allowed: "timestamp with time zone; declare it date")
        default: .misfit(allowed: "timestamp with time zone")
        }
    }

    private static func localInstant(on found: PostgresType) -> TypeFit {
        switch found.name {
        case "timestamp": .fits
        case "timestamptz": .misfit(allowed: "timestamp without time zone; declare it datetime")
        default: .misfit(allowed: "timestamp without time zone")
        }
    }
}

extension PostgresType {
    var isText: Bool { ["text", "varchar", "bpchar", "name", "citext"].contains(name) && enumLabels == nil }

    var isUUID: Bool { name == "uuid" }

    var isInteger: Bool { ["int2", "int4", "int8"].contains(name) || isIntegralNumeric }

    var isNumber: Bool { ["numeric", "float4", "float8"].contains(name) }

    /// Whether its values are rounded: of two keys that a double does not tell apart it would mean both.
    var isRounded: Bool { ["float4", "float8"].contains(name) }
    var isFinerThanRounded: Bool { ["int8", "numeric"].contains(name) }

    /// Whether the greatest of its values is the newest.
    var hasGreatest: Bool { isInteger || isNumber || ["timestamptz", "timestamp", "date"].contains(name) }

    /// Whether `=` between the two exists without a cast on either column.
    func isComparable(with other: PostgresType) -> Bool {
        if isText && other.isText { return true }
        if (isInteger || isNumber) && (other.isInteger || other.isNumber) { return true }
        return name == other.name
    }
}
