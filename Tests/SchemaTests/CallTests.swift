import Posix
import Support
import Testing

/// The program calls functions of many parameters by the parameters' names; a name that is not there would only be
/// found when the statement runs.
@Suite(.waits) struct CallTests {
    @Test func `every parameter that a call names is one of its function`() throws {
        let parameters = try Self.parameters()
        var calls = 0
        let files = try Shell.output(["grep", "-rlE", "--include=*.swift", "[a-z_]+ => ", "\(TestRun.source)/Sources"])
        for path in String(decoding: files, as: UTF8.self).split(separator: "\n") {
            let text = String(decoding: try File.bytes(at: String(path)), as: UTF8.self)
            for call in text.matches(of: #/\b([a-z_]+)\((?=[a-z_]+ => )/#) {
                guard let known = parameters[String(call.1)] else { continue }
                let named = Self.arguments(text[call.range.upperBound...])
                #expect(
                    Set(named).count == named.count && Set(named).isSubset(of: known), "\(call.1) in \(path): \(named)")
                calls += 1
            }
        }
        #expect(calls >= 15)
    }

    /// The names before `=>` up to the bracket that closes the call, without those of calls inside it.
    private static func arguments(_ text: Substring) -> [String] {
        var depth = 0
        var outer = ""
        for character in text {
            if character == "(" { depth += 1 }
            if depth == 0 { outer.append(character) }
            if character == ")" { depth -= 1 }
            if depth < 0 { break }
        }
        return outer.matches(of: #/([a-z_]+) => /#).map { String($0.1) }
    }

    /// Each function of the schema with the names of its parameters.
    private static func parameters() throws -> [String: Set<String>] {
        let rows = try TemplateDatabase(.jobs).psql(
            """
            select proname || ' ' || array_to_string(proargnames[1:pronargs], ' ') from pg_proc
            where pronamespace = 'public'::regnamespace and pronargs > 0
            """)
        let words = rows.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return Dictionary(words.map { ($0[0], Set($0.dropFirst())) }, uniquingKeysWith: { $0.union($1) })
    }
}
