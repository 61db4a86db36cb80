import Testing

@testable import FastCGI

@Suite struct RecordTests {
    /// Reads records as the FastCGI specification 1.0, section 3.3, lays them out.
    private static func records(_ bytes: [UInt8]) -> [(type: UInt8, request: Int, content: [UInt8])] {
        var result: [(UInt8, Int, [UInt8])] = []
        var rest = bytes[...]
        while rest.count >= 8 {
            let head = Array(rest.prefix(8))
            let length = Int(head[4]) << 8 | Int(head[5])
            #expect(head[0] == 1 && head[7] == 0 && rest.count >= 8 + length + Int(head[6]))
            result.append((head[1], Int(head[2]) << 8 | Int(head[3]), Array(rest.dropFirst(8).prefix(length))))
            rest = rest.dropFirst(8 + length + Int(head[6]))
        }
        #expect(rest.isEmpty)
        return result
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 131_071])
    func `output of any length comes out whole, in records of at most 65,535 bytes`(
        length: Int
    ) {
        let content = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let records = Self.records(Record.output(content, request: 0x0102))
        #expect(records.flatMap(\.content) == content)
        #expect(records.count == (length + 65_534) / 65_535)
        // An empty record would end the stream.
        #expect(records.allSatisfy { $0.type == 6 && $0.request == 0x0102 && !$0.content.isEmpty })
    }

    @Test func `the end is an empty output record and a status of 0`() {
        let records = Self.records(Record.end(request: 65_535))
        #expect(records.map(\.type) == [6, 3])
        #expect(records.map(\.request) == [65_535, 65_535])
        #expect(records.map(\.content) == [[], [UInt8](repeating: 0, count: 8)])
    }
}
