import Glibc
import JSON

/// Writing to the standard streams.
enum Terminal {
    static func line(_ text: String) { write(text + "\n", to: 1) }
    static func error(_ text: String) { write(text + "\n", to: 2) }
    static func json(_ value: JSON) { line(value.text) }

    /// What a command has done: for a program as one JSON object, else as a line.
    static func outcome(_ text: @autoclosure () -> String, _ object: @autoclosure () -> JSON, asJSON: Bool) {
        asJSON ? json(object()) : line(text())
    }

    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno != EINTR { return }
                if count > 0 { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
            }
        }
    }

    /// Rows under headings, columns as wide as their widest cell.
    static func table(_ headings: [String], _ rows: [[String]]) {
        var widths = headings.map(\.count)
        for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) } }
        for row in [headings] + rows {
            var text = ""
            for (index, cell) in row.enumerated() {
                text +=
                    index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + 2)
            }
            line(text)
        }
    }
}
