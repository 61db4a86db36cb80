import Jobs
import Posix
import Storage
import Time

/// Signed links to files: made for callers with a right to the file. `verify` holds them, when a client uses one.
struct Links {
    let signer: LinkSigner
    private let publicURL: String
    /// How long a link is good.
    let seconds: Int

    init(_ signer: LinkSigner, publicURL: String, seconds: Int) {
        self.signer = signer
        self.publicURL = publicURL
        self.seconds = seconds
    }

    /// A signed link to a job's file and the seconds it is good for; nil when the job has no file, or not for a second.
    /// It never outlives the file.
    func link(to job: Job) -> (url: String, seconds: Int)? {
        guard job.state.isDownloadable, let file = job.file, let stored = StoredFileName(relativePath: file.storedPath)
        else { return nil }
        let now = Clock.wallMicroseconds / 1_000_000
        var expires = now + Int64(seconds)
        if let end = job.expiresAt { expires = min(expires, end.seconds) }
        guard expires > now else { return nil }
        let link = DownloadLink(
            tenant: job.tenant, job: job.id, epoch: stored.epoch, fileName: file.name, expires: expires)
        return (signer.url(for: link, publicURL: publicURL), Int(expires - now))
    }

    /// A signed link to a part's file and the seconds it is good for, unless the job ends before; nil when there is no
    /// file.
    func link(to part: JobPart, of job: Job) -> (url: String, seconds: Int)? {
        guard let file = part.file, let stored = StoredFileName(relativePath: file.storedPath) else { return nil }
        let link = DownloadLink(
            tenant: job.tenant, job: job.id, epoch: part.epoch, fileName: part.fileName(of: job, stored),
            expires: Clock.wallMicroseconds / 1_000_000 + Int64(seconds), part: part.number)
        return (signer.url(for: link, publicURL: publicURL), seconds)
    }
}

extension JobPart {
    /// The name for people: `<catalog>-<UTC date>.part-<number>.<ending>`; nil when the part has no file.
    func fileName(of job: Job) -> String? {
        file.flatMap { StoredFileName(relativePath: $0.storedPath) }.map { fileName(of: job, $0) }
    }

    func fileName(of job: Job, _ stored: StoredFileName) -> String {
        "\(job.catalog)-\(job.requestedAt.date).part-\(number).\(stored.content.ending)"
    }
}
