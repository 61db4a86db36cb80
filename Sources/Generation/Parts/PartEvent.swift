import JSON
import Jobs

/// An event of an export's parts while it runs, which its child tells the dispatcher, and the dispatcher the queue.
/// Parts are numbered from 1.
package enum PartEvent: Equatable, Sendable {
    /// With the first key of each part but the first.
    case planned(bounds: [String])
    /// All ranges have been counted: the rows of each part.
    case counted([Int64])
    case started(Int)
    /// - file: can be downloaded while the rest runs; nil when the part has no file of its own.
    case ready(Int, rows: Int64, file: JobPart.File?)

    var json: JSON {
        switch self {
        case .planned(let bounds): ["part": "planned", "bounds": .array(bounds.map { .string($0) })]
        case .counted(let rows): ["part": "counted", "rows": .array(rows.map { .int($0) })]
        case .started(let number): ["part": "started", "number": .int(number)]
        case .ready(let number, let rows, let file):
            ["part": "ready", "number": .int(number), "rows": .int(rows), "file": file?.json ?? nil]
        }
    }

    init?(_ object: JSON.Object) {
        switch object["part"]?.string {
        case "planned":
            guard let bounds = object["bounds"]?.array else { return nil }
            self = .planned(bounds: bounds.compactMap(\.string))
        case "counted":
            guard let rows = object["rows"]?.array else { return nil }
            self = .counted(rows.compactMap { $0.int.map { Int64($0) } })
        case "started":
            guard let number = object["number"]?.int else { return nil }
            self = .started(number)
        case "ready":
            guard let number = object["number"]?.int, let rows = object["rows"]?.int else { return nil }
            self = .ready(number, rows: Int64(rows), file: object["file"].flatMap { JobPart.File($0) })
        default: return nil
        }
    }
}

extension JobPart.File {
    var json: JSON {
        ["storedPath": .string(storedPath), "size": .int(size), "sha256": .string(sha256)]
    }

    init?(_ json: JSON) {
        guard let path = json["storedPath"]?.string, let size = json["size"]?.int, let sha256 = json["sha256"]?.string
        else { return nil }
        self.init(storedPath: path, size: Int64(size), sha256: sha256)
    }
}
