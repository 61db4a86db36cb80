extension JSON {
    /// The reader of one text: recursive descent over the bytes, `position` always at the next byte not yet taken.
    ///
    /// Strings are in `JSON.Parser+string.swift`, numbers in `JSON.Parser+number.swift`.
    struct Parser {
        let bytes: [UInt8]
        let limits: JSONLimits
        var position = 0
        private var depth = 0

        init(bytes: [UInt8], limits: JSONLimits) {
            self.bytes = bytes
            self.limits = limits
        }

        mutating func parseText() throws(JSONError) -> JSON {
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.starts(with: [0xFF, 0xFE])
                || bytes.starts(with: [0xFE, 0xFF])
            {
                throw JSONError(.byteOrderMark, at: 0)
            }
            skipWhiteSpace()
            guard position < bytes.count else { throw JSONError(.empty, at: position) }
            let value = try parseValue()
            skipWhiteSpace()
            guard position == bytes.count else { throw JSONError(.trailingText, at: position) }
            return value
        }

        /// The next byte, which must exist.
        func current() throws(JSONError) -> UInt8 {
            guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
            return bytes[position]
        }

        private mutating func parseValue() throws(JSONError) -> JSON {
            switch try current() {
            case UInt8(ascii: "{"): return try parseObject()
            case UInt8(ascii: "["): return try parseArray()
            case UInt8(ascii: "\""): return .string(try parseString())
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try parseNumber())
            case UInt8(ascii: "t"): return try parseWord("true", as: .bool(true))
            case UInt8(ascii: "f"): return try parseWord("false", as: .bool(false))
            case UInt8(ascii: "n"): return try parseWord("null", as: .null)
            default: throw JSONError(.unexpectedByte, at: position)
            }
        }

        private mutating func parseWord(_ word: StaticString, as value: JSON) throws(JSONError) -> JSON {
            for index in 0..<word.utf8CodeUnitCount {
                guard try current() == word.utf8Start[index] else { throw JSONError(.unexpectedByte, at: position) }
                position += 1
            }
            return value
        }

        private mutating func parseArray() throws(JSONError) -> JSON {
            try open()
            var elements: [JSON] = []
            if try current() != UInt8(ascii: "]") {
                repeat {
                    guard elements.count < limits.arrayCount else { throw JSONError(.tooManyElements, at: position) }
                    skipWhiteSpace()
                    elements.append(try parseValue())
                } while try takeSeparator(orEnd: UInt8(ascii: "]"))
            }
            close()
            return .array(elements)
        }

        private mutating func parseObject() throws(JSONError) -> JSON {
            try open()
            var object = JSON.Object()
            var seen: Set<String> = []
            if try current() != UInt8(ascii: "}") {
                repeat {
                    guard object.count < limits.memberCount else { throw JSONError(.tooManyMembers, at: position) }
                    skipWhiteSpace()
                    let start = position
                    guard try current() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
                    let key = try parseString()
                    // A set pays from about a dozen keys on; below that, comparing is cheaper than hashing.
                    let isNew: Bool
                    if object.count < 12 {
                        isNew = object[key] == nil
                    } else {
                        if seen.isEmpty { seen = Set(object.keys) }
                        isNew = seen.insert(key).inserted
                    }
                    guard isNew else { throw JSONError(.duplicateKey, at: start) }
                    skipWhiteSpace()
                    guard try current() == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position) }
                    position += 1
                    skipWhiteSpace()
                    object.members.append((key: key, value: try parseValue()))
                } while try takeSeparator(orEnd: UInt8(ascii: "}"))
            }
            close()
            return .object(object)
        }

        /// Takes the opening bracket and the white space after it.
        private mutating func open() throws(JSONError) {
            guard depth < limits.depth else { throw JSONError(.tooDeep, at: position) }
            depth += 1
            position += 1
            skipWhiteSpace()
        }

        /// Takes the closing bracket, which is the current byte.
        private mutating func close() {
            depth -= 1
            position += 1
        }

        /// True with the comma taken, false at `end`, which is left for `close`.
        private mutating func takeSeparator(orEnd end: UInt8) throws(JSONError) -> Bool {
            skipWhiteSpace()
            let byte = try current()
            if byte == end { return false }
            guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
            return true
        }

        private mutating func skipWhiteSpace() {
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
                default: return
                }
            }
        }
    }
}
