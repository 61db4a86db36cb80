import CFastCGI
import Glibc
import HTTP

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
