/// The body of a request that has not been read yet.
package protocol RequestBody {
    /// Reads the body as a whole.
    /// - Parameter limit: bytes; of a longer body nothing is read.
    func read(limit: Int) -> RequestBodyEnd

    /// Reads the body piece by piece; nothing of it is kept here.
    /// - Parameter take: is given the pieces in order; they are valid only inside the call. When it throws, the rest is
    ///   read all the same and thrown away.
    /// - Returns: how it ended; `.bytes` is empty.
    func read<E: Error>(
        limit: Int, _ take: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) -> RequestBodyEnd

    /// Reads and forgets a body that was refused unread, as far as a web server would pass one on.
    func discard()
}

/// How reading a body ended.
package enum RequestBodyEnd {
    case bytes([UInt8])
    /// The client announced more than the limit; nothing was read.
    case tooLarge
    /// The web server does not know how long the body is; nothing was read.
    case unknownLength
    /// The peer went away, or sent another number of bytes than it announced: there is no one to answer.
    case cut
}
