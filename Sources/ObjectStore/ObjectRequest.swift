import Glibc
import Posix

/// One request to a store, ready to be signed.
struct ObjectRequest {
    enum Body {
        case bytes([UInt8])
        /// A range of an open file, which is read again for each attempt.
        case file(Int32, offset: Int64, count: Int64)
    }

    let method: String
    /// Encoded.
    let path: String
    var query: [(String, String)] = []
    /// Names in lower case.
    var headers: [(String, String)] = []
    var body = Body.bytes([])

    init(_ method: String, _ path: String) {
        self.method = method
        self.path = path
    }

    /// Bytes.
    var length: Int64 {
        switch body {
        case .bytes(let bytes): Int64(bytes.count)
        case .file(_, _, let count): count
        }
    }
}

struct ObjectAnswer {
    var status = 0
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    var text: XMLText { XMLText(body) }
}

/// What libcurl's callbacks reach: the place in the body that is sent, and the answer so far.
final class Exchange {
    private let body: ObjectRequest.Body
    private let length: Int64
    private var sent: Int64 = 0
    var answer = ObjectAnswer()
    /// No answer that is wanted is longer: a page of a list is a few hundred kilobytes.
    static let answerLimit = 16 << 20

    init(_ request: ObjectRequest) {
        body = request.body
        length = request.length
    }

    /// - Returns: how many bytes were written; a number that libcurl takes for an error when the file cannot be read.
    func read(into buffer: UnsafeMutablePointer<CChar>, _ room: Int) -> Int {
        let count = Int(min(Int64(room), length - sent))
        guard count > 0 else { return 0 }
        switch body {
        case .bytes(let bytes):
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawPointer(buffer).copyMemory(from: source.baseAddress! + Int(sent), byteCount: count)
            }
            sent += Int64(count)
            return count
        case .file(let descriptor, let offset, _):
            let got = pread(descriptor, buffer, count, off_t(offset + sent))
            guard got > 0 else { return 0x1000_0000 }  // CURL_READFUNC_ABORT
            sent += Int64(got)
            return got
        }
    }

    /// One line of the head; the last answer's count, when there are several (100 Continue).
    func takeHead(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            answer.headers = [:]
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            answer.headers[line[..<colon].lowercased()] = String(value.prefix { !$0.isNewline })
        }
    }

    /// A result below the count ends the transfer.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard answer.body.count + bytes.count <= Self.answerLimit else { return 0 }
        answer.body.append(contentsOf: bytes)
        return bytes.count
    }
}
