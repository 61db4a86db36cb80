import Formats
import Glibc

/// How many cells a second one processor makes a file of, from rows that are in memory: encoder, deflate and checksums,
/// without a server, a pipe or a disk.
///
///     psql -c 'copy (…) to stdout' | cells nsntdb 5 csv xlsx
///
/// takes a letter a column (number, text, shared text, timestamp, boolean), the rounds, and the formats; prints the
/// best round of each, in its own processor's time.
@main
enum Cells {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 3, let rounds = Int(arguments[2]) else {
            fatalError("usage: cells KINDS ROUNDS FORMAT … <rows in COPY's text format")
        }
        let kinds: [Character: CellKind] = ["n": .number, "d": .timestamp, "b": .boolean]
        let columns = arguments[1].enumerated().map { index, letter in
            CellColumn(key: "c\(index)", label: "c\(index)", kind: kinds[letter] ?? .text, sharesStrings: letter == "s")
        }
        let rows = standardInput()
        for word in arguments.dropFirst(3) {
            guard let format = ExportFormat(rawValue: word) else { fatalError("no format is called \(word)") }
            var best = Double.infinity
            var made = (rows: 0, bytes: 0)
            for _ in 0..<rounds {
                let began = processorSeconds()
                made = try write(rows, columns, format)
                best = min(best, processorSeconds() - began)
            }
            let cells = Double(made.rows * columns.count)
            print("\(word) \((cells / best / 1e5).rounded() / 10) M cells/s, \(made.rows) rows, \(made.bytes) bytes")
        }
    }

    private static func write(
        _ rows: [UInt8], _ columns: [CellColumn], _ format: ExportFormat
    ) throws -> (rows: Int, bytes: Int) {
        var bytes = 0
        let variant = format.format.variant(FileRequest(options: format.defaults))
        let file = variant.file(of: FileTable(columns)) { bytes += $0.count }
        try file.begin()
        try rows.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return }
            var at = 0
            while at < all.count, let end = memchr(base + at, 0x0A, all.count - at) {
                let count = (base + at).distance(to: end) + 1
                try file.append(UnsafeRawBufferPointer(start: base + at, count: count))
                at += count
            }
        }
        try file.end()
        return (file.rows, bytes)
    }

    private static func standardInput() -> [UInt8] {
        var rows: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = read(0, &piece, piece.count), count > 0 { rows += piece[..<count] }
        return rows
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
