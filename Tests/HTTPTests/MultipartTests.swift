import Testing

@testable import HTTP

/// multipart/form-data is cut into its parts wherever its bytes are cut.
@Suite struct MultipartTests {
    /// What came out, in order.
    struct Record: MultipartReceiver, Equatable {
        var parts: [MultipartPart] = []
        var contents: [[UInt8]] = []
        var ended = 0

        mutating func begin(_ part: MultipartPart) {
            parts.append(part)
            contents.append([])
        }
        mutating func append(_ bytes: UnsafeRawBufferPointer) { contents[contents.count - 1] += bytes }
        mutating func end() { ended += 1 }
    }

    private func reader(_ boundary: String = "xYz") throws -> MultipartReader {
        let type = try #require(MediaType("multipart/form-data; boundary=\"\(boundary)\""))
        return try #require(MultipartReader(type))
    }

    private func read(_ text: String, cutAt cuts: [Int] = [], boundary: String = "xYz") throws -> Record {
        var reader = try reader(boundary)
        var record = Record()
        let bytes = Array(text.utf8)
        var from = 0
        for cut in cuts + [bytes.count] {
            try bytes[from..<cut].withUnsafeBytes { try reader.read($0, into: &record) }
            from = cut
        }
        try reader.finish()
        return record
    }

    private let body =
        "--xYz\r\nContent-Disposition: form-data; name=\"request\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n"
        + "--xYz  \r\ncontent-disposition: Form-Data; name=filterFile; filename=\"a; b.txt\"\r\n\r\n1\r\n--xY\r\n\r\n--xYz\r\n"
        + "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--xYz--\r\nepilogue\r\n--xYz"

    @Test func `parts come in order, with names, file names and bytes`() throws {
        let record = try read(body)
        #expect(
            record.parts == [
                MultipartPart(name: "request", fileName: nil), MultipartPart(name: "filterFile", fileName: "a; b.txt"),
                MultipartPart(name: "empty", fileName: nil),
            ])
        #expect(record.contents.map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":1}", "1\r\n--xY\r\n", ""])
        #expect(record.ended == 3)
    }

    @Test func `it does not matter where the bytes are cut`() throws {
        let whole = try read(body)
        let count = body.utf8.count
        for cut in 0...count { #expect(try read(body, cutAt: [cut]) == whole) }
        #expect(try read(body, cutAt: Array(1..<count)) == whole)
    }

    /// The first that is one byte too long, and the last that is not.
    @Test(arguments: [
        (
            String(repeating: "x", count: 8_185),
            "\r\n--xYz\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--xYz--"
        ),
        ("--xYz" + String(repeating: " ", count: 256), "\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--xYz--"),
        (
            "--xYz\r\nX: " + String(repeating: "x", count: 8_145),
            "\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--xYz--"
        ),
    ])
    func `a length is too long wherever the bytes are cut`(_ beginning: String, _ rest: String) throws {
        let short = String(beginning.dropLast())
        let count = (beginning + rest).utf8.count
        _ = try read(short + rest)
        _ = try read(short + rest, cutAt: Array(1..<count - 1))
        #expect(throws: MultipartError.self) { try read(beginning + rest) }
        #expect(throws: MultipartError.self) { try read(beginning + rest, cutAt: Array(1..<count)) }
    }

    @Test(arguments: [
        ("", "cut short"), ("--xYz", "cut short"), ("--xYz\r\n\r\nno headers\r\n--xYz--", "no Content-Disposition"),
        ("--xYz\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--xYz", "cut short"),
        ("--xYz\r\nContent-Disposition: form-data\r\n\r\nb\r\n--xYz--", "no Content-Disposition"),
        ("--xYz\r\nContent-Disposition: attachment; name=a\r\n\r\nb\r\n--xYz--", "no Content-Disposition"),
        ("--xYz\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\nb\r\n--xYz--", "no Content-Disposition"),
        (
            "--xYz\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\nb\r\n--xYz--",
            "no Content-Disposition"
        ),
        ("--xYz\r\nno colon\r\n\r\nb\r\n--xYz--", "no Content-Disposition"), ("--xYzx\r\n", "followed by other bytes"),
        (String(repeating: "x", count: 9000), "does not hold its boundary"),
        ("--xYz\r\nX: " + String(repeating: "x", count: 9000), "headers are too long"),
        (
            String(repeating: "--xYz\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n", count: 17) + "--xYz--",
            "too many parts"
        ),
    ])
    func `what is no such body is refused`(_ text: String, _ words: String) {
        let error = #expect(throws: MultipartError.self) { try read(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/mixed; boundary=a", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a \"", "multipart/form-data; boundary=\"é\"",
        "multipart/form-data; boundary=\(String(repeating: "a", count: 71))", "application/json; boundary=a",
    ])
    func `a type without a boundary of the right form is none`(_ type: String) throws {
        #expect(MultipartReader(try #require(MediaType(type))) == nil)
    }

    @Test func `no more than a chunk is held`() throws {
        var reader = try reader()
        var record = Record()
        let head = "--xYz\r\nContent-Disposition: form-data; name=a\r\n\r\n"
        try Array(head.utf8).withUnsafeBytes { try reader.read($0, into: &record) }
        let line = Array(repeating: UInt8(ascii: "\r"), count: 4096)
        for _ in 0..<64 { try line.withUnsafeBytes { try reader.read($0, into: &record) } }
        #expect(record.contents[0].count >= 64 * 4096 - 10)
    }
}
