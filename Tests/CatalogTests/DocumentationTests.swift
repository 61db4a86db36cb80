import Glibc
import Testing

@testable import Catalog

/// The catalogs that the language's documentation shows are catalogs.
struct DocumentationTests {
    /// The YAML blocks of the documentation that are whole catalogs.
    static func examples() throws -> [String] {
        let tests = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(tests)/Sources/Catalog/README.md"
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(separator: "```yaml\n").dropFirst()
            .map { block in String(block.prefix(upTo: block.firstRange(of: "```")?.lowerBound ?? block.endIndex)) }
            .filter { $0.hasPrefix("module:") }
    }

    @Test func `every example loads without a fault`() throws {
        let examples = try Self.examples()
        #expect(examples.count == 2)
        for example in examples { #expect(Samples.load(example).faults == []) }
    }

    @Test func `the complete example has every key of the language`() throws {
        let example = try #require(try Self.examples().last)
        for key in CatalogMapping.report.names {
            #expect(example.contains("\n\(key):") || example.hasPrefix("\(key):"))
        }
    }
}
