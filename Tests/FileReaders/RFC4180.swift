/// A strict reader of RFC 4180, which tells an empty field from an empty quoted one. It knows nothing of the writer.
package enum RFC4180 {
    package struct Fault: Error {
        package let offset: Int
        package let reason: String
    }

    /// The records of a file, each ended by CRLF; `nil` is a field with nothing between its delimiters.
    package static func parse(_ bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ",")) throws -> [[String?]] {
        var records: [[String?]] = []
        var record: [String?] = []
        var at = 0
        while at < bytes.count {
            let (value, end) = try field(bytes, at: at, delimiter: delimiter)
            record.append(value)
            at = end
            if at < bytes.count, bytes[at] == delimiter {
                at += 1
                continue
            }
            guard at + 1 < bytes.count, bytes[at] == 0x0D, bytes[at + 1] == 0x0A else {
                throw Fault(offset: at, reason: "neither delimiter nor CRLF after a field")
            }
            at += 2
            records.append(record)
            record = []
        }
        guard record.isEmpty else { throw Fault(offset: at, reason: "the last record has no CRLF") }
        return records
    }

    private static func field(_ bytes: [UInt8], at start: Int, delimiter: UInt8) throws -> (String?, Int) {
        let quote = UInt8(ascii: "\"")
        var at = start
        var value: [UInt8] = []
        guard bytes[at] == quote else {
            while at < bytes.count, bytes[at] != delimiter, bytes[at] != 0x0D, bytes[at] != 0x0A {
                if bytes[at] == quote { throw Fault(offset: at, reason: "a quote inside a bare field") }
                value.append(bytes[at])
                at += 1
            }
            return (value.isEmpty ? nil : String(decoding: value, as: UTF8.self), at)
        }
        at += 1
        while true {
            guard at < bytes.count else { throw Fault(offset: at, reason: "a quoted field without an end") }
            if bytes[at] == quote {
                guard at + 1 < bytes.count, bytes[at + 1] == quote else { break }
                at += 1
            }
            value.append(bytes[at])
            at += 1
        }
        return (String(decoding: value, as: UTF8.self), at + 1)
    }
}
