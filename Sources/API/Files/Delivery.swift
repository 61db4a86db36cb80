import Coding
import Configuration
import HTTP
import Jobs
import Posix
import Storage

/// A file that the caller has a right to: its place, its name for people, and the size and digest that it must have.
struct Deliverable {
    let stored: StoredFileName
    let name: String
    /// Bytes.
    let size: Int64
    /// The SHA-256 as 32 bytes.
    let digest: [UInt8]
}

/// The end of every way to a file: nginx is told to send it.
struct Delivery {
    let storage: any FileStore
    let gate: StorageGate
    /// nil where nginx does not report transfers.
    let workers: NginxWorkers?
    let sendFile: SendFile

    /// Sends a job's file, once the caller's right to it has been shown.
    /// - Throws: `APIError` when the job has no file to send; `PostgresError` when the audit is out of reach.
    func deliver(_ job: Job, by download: Download) throws -> Response {
        guard job.state.isDownloadable, let file = job.file, let stored = StoredFileName(relativePath: file.storedPath)
        else { try download.refuse("expired", .gone, job: job) }
        return try deliver(
            Deliverable(stored: stored, name: file.name, size: file.size, digest: file.digest), of: job, by: download)
    }

    ///     whole on disk? ──▶ audit row committed ──▶ X-Accel-Redirect or X-Sendfile; the web server sends the bytes
    ///        │ no: 410, or 500 for a file that has changed; 503 when the storage does not answer
    ///
    /// X-Accel-Redirect wins over the status it comes with (nginx serves the file even beside a 403), so it is emitted
    /// in exactly one place, here, after all checks.
    /// - Throws: `APIError` when the file is gone or damaged; `PostgresError` when the audit is out of reach.
    func deliver(_ file: Deliverable, of job: Job, by download: Download) throws -> Response {
        let look: FileLook
        do {
            look = try gate.pass {
                try storage.look(at: PublishedFile(name: file.stored, size: file.size, sha256: []))
            }
        } catch let error as APIError {
            try download.refuse(error.code, error, job: job)
        } catch let error as StorageError where error.code == .away {
            let error = APIError(error)
            try download.refuse(error.code, error, job: job)
        }
        switch look.integrity {
        case .whole: break
        case .missing: try download.refuse("file_missing", .gone, job: job)
        case .damaged:
            try download.refuse(
                "file_damaged",
                APIError(500, "integrity_error", "The file is damaged", cause: "size differs: \(file.stored)"),
                job: job)
        }
        try download.record("granted", 200, job: job)
        var headers = [
            ("Content-Type", file.stored.content.mediaType), place(of: file.stored, for: download.request.worker),
        ]
        // When nginx answers 416 instead of the file, it keeps these headers, and a browser would save the error under
        // the file's name.
        let ranges = download.request.headers.first("range") ?? ""
        if !ByteRanges.areRefused(ranges, size: file.size) || isConditional(download.request) {
            headers += [
                ("Content-Disposition", ContentDisposition.attachment(fileName: file.name)),
                ("Repr-Digest", "sha-256=:\(Base64.encode(file.digest, .standard)):"),
            ]
        }
        return Response(status: 200, headers: headers + handover(of: file, look, to: download.request))
    }

    /// What nginx needs to ask an object store for the file; nothing for a file that it reads itself. A store passes
    /// over `If-Range` and may answer several ranges in any form, so one range is handed on that is to be had.
    private func handover(of file: Deliverable, _ look: FileLook, to request: Request) -> [(String, String)] {
        var headers = storage.handover(of: file.stored, method: request.method.rawValue)
        guard !headers.isEmpty else { return [] }
        headers.append(("X-Penstock-Size", "\(file.size)"))
        let condition = request.headers.first("if-range")
        if let range = request.headers.first("range"), !range.contains(","),
            condition == nil || condition == look.etag || condition == look.lastModified
        {
            headers.append(("X-Penstock-Range", range))
        }
        return headers
    }

    /// The header that names the file to the web server.
    private func place(of file: StoredFileName, for worker: Int64?) -> (String, String) {
        switch sendFile {
        case .accelRedirect:
            let isAnnounced = worker.map { workers?.isNew($0) ?? false } ?? false
            return ("X-Accel-Redirect", isAnnounced ? file.announcingURI : file.internalURI)
        case .sendfile: return ("X-Sendfile", storage.localPath(of: file) ?? "")
        }
    }

    /// Whether the range counts for one state of the file only; for any other nginx sends the whole file.
    private func isConditional(_ request: Request) -> Bool { request.headers.first("if-range") != nil }
}
