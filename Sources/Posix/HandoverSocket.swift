import CSystem
import Glibc

/// A pair of sockets over which one process gives another an open descriptor together with a short message.
///
/// Made before the forks that shall use it. Packets keep their boundaries, so any number of senders can share an end.
package final class HandoverSocket: Sendable {
    package let sendEnd: Int32
    package let receiveEnd: Int32

    /// Bytes of the longest message.
    package static let messageLimit = 4096

    package init() throws(PosixError) {
        var ends: (Int32, Int32) = (-1, -1)
        let status = withUnsafeMutableBytes(of: &ends) {
            penstock_socket_pair($0.baseAddress?.assumingMemoryBound(to: Int32.self))
        }
        if status != 0 { throw PosixError("socketpair") }
        (sendEnd, receiveEnd) = ends
    }

    deinit {
        close(sendEnd)
        close(receiveEnd)
    }

    /// Sends a copy of `descriptor`; the sender still has its own. Does not wait: a receiver that does not keep up is
    /// an error (EAGAIN).
    package func send(_ descriptor: Int32, with message: [UInt8]) throws(PosixError) {
        _ = try retryingInterrupts("sendmsg") {
            message.withUnsafeBytes { penstock_send_descriptor(sendEnd, descriptor, $0.baseAddress, $0.count) }
        }
    }

    /// The next packet, or nil when no packet is waiting.
    package func receive() throws(PosixError) -> (descriptor: Int32, message: [UInt8])? {
        var descriptor: Int32 = -1
        var buffer = [UInt8](repeating: 0, count: Self.messageLimit)
        let count: Int
        do {
            count = try retryingInterrupts("recvmsg") {
                buffer.withUnsafeMutableBytes {
                    penstock_receive_descriptor(receiveEnd, &descriptor, $0.baseAddress, $0.count)
                }
            }
        } catch {
            if error.errorNumber == EAGAIN { return nil }
            throw error
        }
        return (descriptor, Array(buffer[..<count]))
    }
}
