import JSON
import Jobs

/// How an attempt ended, as the child tells the dispatcher through its pipe.
package enum Outcome: Sendable {
    /// A whole file is on disk.
    case finished(FinishedFile)
    /// There is no file; the failure tells whether another attempt may do better.
    case failed(ExportFailure)

    package var json: JSON {
        switch self {
        case .finished(let file):
            [
                "outcome": "finished", "name": .string(file.name), "storedPath": .string(file.storedPath),
                "size": .int(file.size), "rows": .int(file.rows), "sha256": .string(file.sha256),
                "receipt": file.receipt, "kept": file.keptRows?.json ?? nil,
            ]
        case .failed(let failure): ["outcome": "failed", "failure": failure.json]
        }
    }

    init?(_ json: JSON) {
        guard let object = json.object else { return nil }
        func text(_ name: String) -> String? { object[name]?.string }
        switch text("outcome") {
        case "finished":
            guard let name = text("name"), let path = text("storedPath"), let sha256 = text("sha256"),
                let size = object["size"]?.int, let rows = object["rows"]?.int, let receipt = object["receipt"]
            else { return nil }
            self = .finished(
                FinishedFile(
                    name: name, storedPath: path, size: Int64(size), rows: Int64(rows), sha256: sha256,
                    receipt: receipt,
                    keptRows: object["kept"].flatMap { KeptRowsFile($0) }))
        case "failed":
            guard let failure = object["failure"].flatMap({ ExportFailure($0) }) else { return nil }
            self = .failed(failure)
        default: return nil
        }
    }
}

extension KeptRowsFile {
    fileprivate var json: JSON {
        [
            "storedPath": .string(storedPath), "size": .int(size), "sha256": .string(sha256), "seconds": .int(seconds),
        ]
    }

    fileprivate init?(_ json: JSON) {
        guard let path = json["storedPath"]?.string, let size = json["size"]?.int, let sha256 = json["sha256"]?.string,
            let seconds = json["seconds"]?.int
        else { return nil }
        self.init(storedPath: path, size: Int64(size), sha256: sha256, seconds: seconds)
    }
}
