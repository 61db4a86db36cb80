import Posix

extension StorageFolder {
    /// Removes all files that one attempt has left, published or not. A file that cannot be removed now is an orphan
    /// that the next sweep finds.
    package func discard(job: UUID, epoch: Int) {
        for content in StoredFileName.Content.all {
            let name = StoredFileName(job: job, epoch: epoch, content: content)
            _ = try? remove(name)
            _ = try? remove(name.unfinished)
        }
        discardParts(job: job, epoch: epoch)
    }
}
