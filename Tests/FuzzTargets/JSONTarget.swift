import JSON

extension FuzzTarget {
    static let json = FuzzTarget("json") { bytes in
        let stored = Outcome { try JSON.parse(bytes, limits: .stored) }
        let asked = Outcome { try JSON.parse(bytes) }
        guard case .value(let value) = stored else {
            if case .value = asked { throw BrokenRule(description: "a request may be what nothing stored may be") }
            return
        }
        switch asked {
        case .value(let other): try demand(other == value, "its value depends on the limits")
        case .refused:
            do throws(JSONError) { _ = try JSON.parse(bytes) } catch {
                try demand(limits.contains(error.code), "refused within the limits as \(error.code)")
            }
        }
        let canonical = value.serialized
        let again = try JSON.parse(canonical, limits: .stored)
        try demand(again == value && again.serialized == canonical, "it does not come back as it was")
        let spaced = Array(" \t\r\n".utf8) + bytes + Array("\n ".utf8)
        try demand(try JSON.parse(spaced, limits: .stored) == value, "white space around it counts")
    }

    private static let limits: [JSONError.Code] = [
        .tooDeep, .stringTooLong, .numberTooLong, .tooManyElements, .tooManyMembers, .nul,
    ]
}
