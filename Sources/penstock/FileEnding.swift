import Catalog
import Formats
import JSON

/// What the ending of a file's name says of its format: `.csv`, `.csv.gz`, `.xlsx` and the others that formats have.
struct FileEnding {
    private let name: String

    /// nil for standard output, a device and a pipe, which say nothing.
    init?(of output: String) {
        guard output != "-", !OutputFile.isSpecial(output) else { return nil }
        name = String(output.split(separator: "/").last ?? "").lowercased()
    }

    /// Completes a request for the file: with the format where the request names none, and with gzip or annexes where
    /// the ending means a file of these.
    ///
    /// A name with another ending than any format's holds what `format` says.
    /// - Throws: `CommandFailure` when the request makes a file of another ending, and when neither says a format.
    func complete(_ body: inout JSON.Object) throws(CommandFailure) {
        let given = body["format"].map { $0.string.flatMap(ExportFormat.init(rawValue:)) }
        // The decoder tells what is wrong with another word.
        if case .some(nil) = given { return }
        let formats = given.map { [$0].compactMap { $0 } } ?? ExportFormat.allCases
        for addition in Self.additions where addition.allSatisfy({ body[$0] == nil || body[$0] == $1 }) {
            for format in formats {
                var request = body
                request["format"] = .string(format.rawValue)
                for (member, value) in addition { request[member] = value }
                let ending = format.variant(ofStored: .object(request)).kind.ending
                if name.hasSuffix(".\(ending)") {
                    body = request
                    return
                }
            }
        }
        // Another ending than the formats have is the caller's own affair, once the format is said.
        let endings = ExportFormat.kinds.map(\.ending)
        let last = name.split(separator: ".").dropFirst().last.map(String.init)
        let isKnown = endings.contains { $0.split(separator: ".").last.map(String.init) == last }
        let meant = formats.first { format in format.format.kinds.contains { name.hasSuffix(".\($0.ending)") } }
        guard let format = (given ?? nil) ?? meant else {
            let known = endings.map { ".\($0)" }.joined(separator: ", ")
            throw CommandFailure(
                "--output \(name): its ending is none of \(known); name one, or give --format", ExitStatus.usage)
        }
        guard isKnown, let last else { return }
        let ending = format.variant(ofStored: .object(body)).kind.ending
        throw CommandFailure("--output \(name): this makes a .\(ending) file, not a .\(last) file", ExitStatus.usage)
    }

    /// What an ending may mean beside the format, the least first.
    private static let additions: [[(String, JSON)]] = [
        [], [("compression", "gzip")], [("includeAnnexes", true)],
    ]
}
