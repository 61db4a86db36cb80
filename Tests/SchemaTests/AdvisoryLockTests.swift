import Schema
import Support
import Testing

/// The numbers of advisory locks stand in two registers and nowhere else.
@Suite(.waits) struct AdvisoryLockTests {
    @Test func `no function takes a lock by a number of its own`() {
        for file in Schema.functions where file.name != "lock_number" {
            let calls = file.text.matches(of: #/pg_(try_)?advisory_(xact_)?lock(_shared)?\s*\(([^,)]*)/#)
            for call in calls { #expect(call.4.hasPrefix("lock_number('"), "\(file.name): \(call.0)") }
        }
    }

    @Test func `the numbers are different and stand in no other function`() throws {
        let register = try #require(Schema.functions.first { $0.name == "lock_number" }).text
        let numbers = register.matches(of: #/then (\d+)/#).map { String($0.1) }
        #expect(numbers.count >= 3)
        #expect(Set(numbers).count == numbers.count)
        for number in numbers {
            for file in Schema.functions where file.name != "lock_number" {
                #expect(!file.text.contains(number), "\(file.name)")
            }
        }
    }

    @Test func `no source file has a number besides the register`() throws {
        let found = try Shell.run([
            "grep", "-rlE", "--include=*.swift",
            #"134671880[0-9]|1_346_718_80|4242990017|4_242_990_017|advisory_(xact_)?lock\([0-9]"#,
            "\(TestRun.source)/Sources",
        ])
        #expect(found.text == "\(TestRun.source)/Sources/Migration/AdvisoryLock.swift\n")
    }

    @Test func `a purpose that is not in the register is an error`() throws {
        let database = try TemplateDatabase(.jobs)
        #expect(throws: Unmet.self) { try database.psql("select lock_number('claim')") }
        #expect(try database.psql("select lock_number('claims') is not null") == "t\n")
    }
}
