import Schema
import Testing

/// The form of the files in `sql/functions`: one function each, named as the file, under a header.
@Suite struct FunctionFileTests {
    @Test(arguments: Schema.functions.map(\.name))
    func `a file holds its function and no other`(_ name: String) throws {
        let text = try Self.text(name)
        let made = text.matches(of: #/(?im)^create\s+(or\s+replace\s+)?(\w+)\s+(\w+)/#)
        let functions = made.filter { $0.2.lowercased() == "function" }
        #expect(functions.map { String($0.3) } == [name])
        #expect(functions.allSatisfy { $0.1 != nil }, "a function is replaced, not made anew")
        // A trigger belongs to its function; everything else is made by a migration.
        #expect(made.allSatisfy { ["function", "trigger"].contains($0.2.lowercased()) })
        #expect(text.firstMatch(of: #/(?im)^(drop\s+function|alter)\b/#) == nil, "that is for a migration")
    }

    @Test(arguments: Schema.functions.map(\.name))
    func `a file begins with its purpose, locks and indexes`(_ name: String) throws {
        let text = try Self.text(name)
        let header = text.split(separator: "\n").prefix { $0.hasPrefix("--") }.joined(separator: "\n")
        let body = text.dropFirst(header.count)
        #expect(header.hasPrefix("-- Purpose: "))
        if body.contains(#/(?i)\b(for (no key )?update|for share|update|delete from|insert into) /#) {
            #expect(header.contains("\n-- Locks: "), "says what it locks")
        }
        if body.contains(#/(?i)\b(from|join|update) (report|penstock)_\w+/#) {
            #expect(header.contains(#/\n-- Index(es)?: /#), "says by which index it finds its rows")
        }
    }

    @Test func `comments are at most 120 characters wide`() {
        for file in Schema.migrations + Schema.functions {
            for line in file.text.split(separator: "\n") where line.contains("--") {
                #expect(line.count <= 120, "\(file.name): \(line)")
            }
        }
    }

    private static func text(_ name: String) throws -> String {
        try #require(Schema.functions.first { $0.name == name }).text
    }
}
