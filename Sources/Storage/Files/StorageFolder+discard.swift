extension StorageFolder {
    /// Removes all files that one attempt has left, published or not, and no other attempt's. A file that cannot be
    /// removed now is an orphan that the next sweep finds.
    package func discard(_ attempt: StoredAttempt) {
        for content in StoredFileName.Content.all {
            let name = StoredFileName(attempt, content)
            _ = try? remove(name)
            _ = try? remove(name.unfinished)
        }
        discardParts(of: attempt)
    }
}
