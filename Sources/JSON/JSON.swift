/// A JSON value (RFC 8259).
///
/// A number is kept as the text of its literal, so that `9007199254740993` and `1.10` come out as they went in.
/// Code that makes a `.number` has to ensure that its text is a JSON number; `int(_:)` makes one from an integer.
/// Strings compare as Swift compares them, by canonical equivalence; the parser refuses an object in which two keys are
/// equal in that sense, so a look-up has one answer.
package enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object(Object)

    package static func int<Value: FixedWidthInteger>(_ value: Value) -> JSON { .number(String(value)) }

    /// An optional value as itself or `null`.
    package static func string(orNull text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// An optional integer as a number or `null`.
    package static func int<Value: FixedWidthInteger>(orNull value: Value?) -> JSON { value.map { .int($0) } ?? .null }
}

// The content of a value; nil when the value is of another kind.
extension JSON {
    /// The number of an integer literal; nil for `1.0`, `1e3`, and numbers that an `Int` cannot hold.
    package var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var array: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var object: JSON.Object? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    package var isNull: Bool { self == .null }

    /// The member of an object; nil when the key is absent or the value is no object.
    package subscript(key: String) -> JSON? { object?[key] }
}

extension JSON: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}

extension JSON: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self = .int(value) }
}

extension JSON: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSON.Object(elements)) }
}
