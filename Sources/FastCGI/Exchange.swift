import CFastCGI
import Glibc
import HTTP

/// One request being answered.
///
/// libfcgi's parameter strings and streams live until the request is finished, so everything is copied here.
package struct Exchange {
    let request: UnsafeMutablePointer<FCGX_Request>

    /// All FastCGI parameters in the order they came, duplicates included: FCGX_GetParam would show only the first
    /// of two equal names, and a doubled identity has to be seen to be refused.
    package let parameters: [(name: String, value: String)]

    init(_ request: UnsafeMutablePointer<FCGX_Request>) {
        self.request = request
        var parameters: [(String, String)] = []
        var entry = request.pointee.envp
        while let pair = entry?.pointee {
            let length = strlen(pair)
            let bytes = UnsafeRawBufferPointer(start: pair, count: length)
            if let split = bytes.firstIndex(of: UInt8(ascii: "=")) {
                parameters.append(
                    (
                        String(decoding: bytes[..<split], as: UTF8.self),
                        String(decoding: bytes[(split + 1)...], as: UTF8.self)
                    ))
            }
            entry = entry?.advanced(by: 1)
        }
        self.parameters = parameters
    }

    /// Sends the whole answer and ends the request.
    /// - Returns: false when the peer was gone.
    @discardableResult
    package func finish(head: [UInt8], body: [UInt8]) -> Bool {
        let sent = write(head) && write(body)
        FCGX_Finish_r(request)
        return sent
    }

    /// Sends the head of an answer whose body another process will write.
    /// - Parameter handOver: is given the connection and the request's id on it, and passes a copy of the descriptor
    ///   on.
    /// - Throws: the errors of `handOver`.
    package func detach<E: Error>(head: [UInt8], _ handOver: (Int32, UInt16) throws(E) -> Void) throws(E) {
        // Apache and Caddy send the end of the body apart from the rest, so it may not be here yet; the other process
        // would take it for the end of the connection.
        discard()
        // Detached, the connection is only closed here and not shut down, so the other process's copy stays open.
        defer {
            FCGX_Detach(request)
            FCGX_Free(request, 1)
        }
        guard write(head), FCGX_FFlush(request.pointee.out) == 0 else { return }
        try handOver(request.pointee.ipcFd, UInt16(truncatingIfNeeded: request.pointee.requestId))
    }

    /// Ends the request without an answer; nginx passes it to the next responder.
    package func drop() {
        FCGX_Free(request, 1)
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        if bytes.isEmpty { return true }
        return bytes.withUnsafeBytes {
            FCGX_PutStr($0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), request.pointee.out)
        } == Int32(bytes.count)
    }
}

extension Exchange: RequestBody {
    private static let chunkBytes = 64 * 1024

    private func announcedLength(limit: Int) -> BodyLength {
        BodyLength(parameters.first { $0.name == "CONTENT_LENGTH" }?.value, limit: limit)
    }

    /// The length must be CONTENT_LENGTH to the byte.
    package func read(limit: Int) -> RequestBodyEnd {
        let length: Int
        switch announcedLength(limit: limit) {
        case .none: return .bytes([])
        case .unknown: return .unknownLength
        case .invalid: return .cut
        case .tooLarge: return .tooLarge
        case .bytes(let announced): length = announced
        }
        var bytes = [UInt8](repeating: 0, count: length)
        let got = bytes.withUnsafeMutableBytes {
            FCGX_GetStr($0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(length), request.pointee.in)
        }
        guard length == 0 || Int(got) == length, FCGX_GetError(request.pointee.in) == 0 else { return .cut }
        return .bytes(bytes)
    }

    /// When `take` throws, the rest is read all the same: nginx would take a connection that closes on it for a failed
    /// one.
    /// - Throws: the errors of `take`.
    package func read<E: Error>(
        limit: Int, _ take: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) -> RequestBodyEnd {
        let length: Int
        switch announcedLength(limit: limit) {
        case .none: return .bytes([])
        case .unknown: return .unknownLength
        case .invalid: return .cut
        case .tooLarge: return .tooLarge
        case .bytes(let announced): length = announced
        }
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkBytes, alignment: 16)
        defer { chunk.deallocate() }
        var left = length
        var failure: E?
        while left > 0 {
            let want = min(left, chunk.count)
            let got = Int(
                FCGX_GetStr(
                    chunk.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(want), request.pointee.in))
            guard got == want, FCGX_GetError(request.pointee.in) == 0 else { return .cut }
            left -= got
            guard failure == nil else { continue }
            do {
                try take(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(chunk)[..<got]))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return .bytes([])
    }

    package func discard() {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkBytes, alignment: 16)
        defer { chunk.deallocate() }
        while FCGX_GetStr(
            chunk.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(chunk.count), request.pointee.in)
            == Int32(chunk.count)
        {}
    }
}
