import Formats
import Posix

/// The name of a file on disk: `<job>.<epoch>-<claim>.<ending>`, ASCII, made of ids and never of a user's text.
///
///     files/e5/01977a3c-9a52-7bd1-8f6e-0b6d8f1c21e5.2-9f03b1c7.csv.gz
///           ││                                   ││ └────┬────┘└ its content
///           ││                                   ││      └ the claim, so that two attempts never share a name
///           └┴── the folder: the id's last two digits, which are random (its first ones are the time)
///
/// A file that is being written carries `.part` at its end and stands in the same folder, so that publishing it is
/// a rename. The file of the third part of a large export, which can be had while the rest runs, is
/// `<job>.<epoch>-<claim>.p3.<ending>`.
package struct StoredFileName: Hashable, Sendable, CustomStringConvertible {
    /// The content of a file, with which its name ends.
    package struct Content: Hashable, Sendable {
        package let kind: FileKind

        /// A file of an export.
        package init(_ kind: FileKind) { self.kind = kind }

        /// - Returns: nil for an ending that no file of ours has.
        package init?(ending: String) {
            guard let content = Self.all.first(where: { $0.ending == ending }) else { return nil }
            self = content
        }

        package var ending: String { kind.ending }
        /// The media type that a browser is told.
        package var mediaType: String { kind.mediaType }

        /// A report's rows, kept beside its file. No link leads to it.
        package static let rows = Content(FileKind(ending: "rows.gz", mediaType: "application/gzip"))
        /// Not an export: the list of keys that was uploaded with it, in COPY's text format.
        package static let filterKeys = Content(FileKind(ending: "keys", mediaType: "text/plain; charset=utf-8"))

        static let all = ExportFormat.kinds.map { Content($0) } + [.rows, .filterKeys]
    }

    package let attempt: StoredAttempt
    package let content: Content
    /// Which part of the export it holds, from 1; nil for the whole.
    package let number: Int?
    /// Whether the file is still being written.
    package let isUnfinished: Bool

    package var job: UUID { attempt.job }
    package var epoch: Int { attempt.epoch }

    package init(_ attempt: StoredAttempt, _ content: Content, number: Int? = nil) {
        self.init(attempt, content, number: number, isUnfinished: false)
    }

    /// The list of keys that was uploaded with a job. It is there before the first attempt, and each attempt reads it.
    package init(filterKeysOf job: UUID) {
        self.init(StoredAttempt(job: job, epoch: 0, claim: nil), .filterKeys)
    }

    private init(_ attempt: StoredAttempt, _ content: Content, number: Int?, isUnfinished: Bool) {
        self.attempt = attempt
        self.content = content
        self.number = number
        self.isUnfinished = isUnfinished
    }

    /// The same attempt's file while it is being written.
    var unfinished: StoredFileName {
        StoredFileName(attempt, content, number: number, isUnfinished: true)
    }

    /// The same attempt's file when it is whole.
    var whole: StoredFileName { StoredFileName(attempt, content, number: number) }

    /// The name without its folders.
    package var description: String {
        "\(attempt).\(number.map { "p\($0)." } ?? "")\(content.ending)\(isUnfinished ? ".part" : "")"
    }

    /// The folder of all files in the storage folder.
    static let folder = "files"

    /// The two hexadecimal digits that name the folder.
    var shard: String { attempt.shard }

    /// `files/<shard>/<name>`, as a job's row keeps it.
    package var relativePath: String { "\(Self.folder)/\(shard)/\(self)" }

    /// The value of X-Accel-Redirect. It holds no byte that would have to be percent-encoded.
    package var internalURI: String { "/_penstock_files/\(shard)/\(self)" }

    /// The same file by the location that announces its download to the audit (nginx/penstock.conf).
    package var announcingURI: String { "/_penstock_files/-/first/\(shard)/\(self)" }

    /// A name as it was found in a folder; nil when it is not exactly one that this type would write.
    package init?(_ text: String) {
        let pieces = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, let job = UUID(String(Substring(pieces[0]))),
            let attempt = StoredAttempt(job: job, number: Substring(pieces[1]))
        else { return nil }
        var ending = String(Substring(pieces[2]))
        let isUnfinished = ending.hasSuffix(".part")
        if isUnfinished { ending.removeLast(5) }
        var number: Int?
        if ending.hasPrefix("p"), let dot = ending.firstIndex(of: ".") {
            number = Int(ending[ending.index(after: ending.startIndex)..<dot])
            ending = String(ending[ending.index(after: dot)...])
        }
        guard let content = Content(ending: ending) else { return nil }
        self.init(attempt, content, number: number, isUnfinished: isUnfinished)
        // Refuses a name that parses but is spelled otherwise: upper case, "+1", "01".
        guard description.utf8.elementsEqual(text.utf8) else { return nil }
    }

    /// A path as a job's row keeps it; nil when it is not exactly `relativePath` of some name.
    package init?(relativePath: String) {
        guard let slash = relativePath.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        self.init(String(relativePath[relativePath.utf8.index(after: slash)...]))
        guard self.relativePath.utf8.elementsEqual(relativePath.utf8) else { return nil }
    }
}
