/// A statement as a value: text, values and identifiers kept apart until it is rendered.
///
/// Built by string interpolation. A value enters only through `\(bind:)`, a name only through `\(identifier:)`; the
/// literal part is the program's own text. The same value is rendered in two ways: with `$n` and
/// binds for a query, or with values as escaped literals for COPY, which takes no parameters.
package struct SQL: Equatable, Sendable, ExpressibleByStringInterpolation {
    package enum Fragment: Equatable, Sendable {
        case text(String)
        case bind(String?)
        case identifier(String)
    }

    package private(set) var fragments: [Fragment]

    package init(stringLiteral value: String) {
        fragments = value.isEmpty ? [] : [.text(value)]
    }

    package init(stringInterpolation: Interpolation) {
        fragments = stringInterpolation.fragments
    }

    /// SQL text that the program took from a file of its own. Never for anything that came from outside.
    package init(unsafeText text: String) {
        fragments = [.text(text)]
    }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var fragments: [Fragment] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { fragments.append(.text(literal)) }
        }

        /// A value; nil is SQL's NULL.
        package mutating func appendInterpolation(bind value: String?) {
            fragments.append(.bind(value))
        }

        package mutating func appendInterpolation(bind value: some BinaryInteger) {
            fragments.append(.bind(String(value)))
        }

        /// A value of boolean type.
        package mutating func appendInterpolation(bind value: Bool) {
            fragments.append(.bind(value ? "true" : "false"))
        }

        /// A value that is an array of text, in PostgreSQL's array form.
        package mutating func appendInterpolation(bind values: [String]) {
            fragments.append(.bind(SQL.arrayText(values)))
        }

        /// A table's, column's or alias's name; quoted always.
        package mutating func appendInterpolation(identifier name: String) {
            fragments.append(.identifier(name))
        }

        /// Another statement's fragments.
        package mutating func appendInterpolation(_ sql: SQL) {
            fragments.append(contentsOf: sql.fragments)
        }
    }

    package static func + (left: SQL, right: SQL) -> SQL {
        var result = left
        result.fragments.append(contentsOf: right.fragments)
        return result
    }

    package static func += (left: inout SQL, right: SQL) {
        left.fragments.append(contentsOf: right.fragments)
    }

    /// `{"a","b"}`: the text form of a one-dimensional array.
    package static func arrayText(_ values: [String]) -> String {
        var text = "{"
        for (index, value) in values.enumerated() {
            if index > 0 { text += "," }
            text += "\""
            for character in value.unicodeScalars {
                if character == "\"" || character == "\\" { text += "\\" }
                text.unicodeScalars.append(character)
            }
            text += "\""
        }
        return text + "}"
    }

    /// The values in it, in its order; without NULLs.
    package var values: [String] {
        fragments.compactMap { if case .bind(let value?) = $0 { value } else { nil } }
    }

    /// The same statement with other values.
    package func mappingValues(_ map: (String) -> String?) -> SQL {
        var result = self
        result.fragments = fragments.map { fragment in
            if case .bind(let value?) = fragment { .bind(map(value)) } else { fragment }
        }
        return result
    }

    /// The statement with `$1…` and the values beside it.
    package var parameterized: (text: String, binds: [String?]) {
        var text = ""
        var binds: [String?] = []
        for fragment in fragments {
            switch fragment {
            case .text(let part): text += part
            case .identifier(let name): text += Self.quoted(identifier: name)
            case .bind(let value):
                binds.append(value)
                text += "$\(binds.count)"
            }
        }
        return (text, binds)
    }

    /// The statement with every value as `literal` writes it.
    package func rendered<E: Error>(literal: (String?) throws(E) -> String) throws(E) -> String {
        var text = ""
        for fragment in fragments {
            switch fragment {
            case .text(let part): text += part
            case .identifier(let name): text += Self.quoted(identifier: name)
            case .bind(let value): text += try literal(value)
            }
        }
        return text
    }

    /// `"na""me"`. A NUL cannot be in an identifier; the statement's C string would end there, so it is dropped and
    /// the server then does not find the name.
    package static func quoted(identifier name: String) -> String {
        var result = "\""
        for scalar in name.unicodeScalars where scalar.value != 0 {
            if scalar == "\"" { result += "\"" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}

extension Sequence where Element == SQL {
    package func joined(separator: SQL) -> SQL {
        var result = SQL(stringLiteral: "")
        for (index, part) in enumerated() {
            if index > 0 { result += separator }
            result += part
        }
        return result
    }
}
