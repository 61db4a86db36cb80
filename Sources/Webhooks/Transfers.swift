import CCurl
import Glibc
import Posix

/// One handle of libcurl's on its way. libcurl points to it, so it is kept until libcurl has removed its handle.
protocol Transfer: AnyObject {
    /// - Returns: tells what came of it, once the handle is gone.
    func end(_ easy: UnsafeMutableRawPointer, _ result: CURLcode) -> () -> Void
}

/// The handles of libcurl's that a process has under way, of webhooks and of e-mail, which are waited for together.
///
/// For a process that never forks: libcurl resolves names in threads of its own.
package final class Transfers {
    private let multi: OpaquePointer
    private var transfers: [OpaquePointer: any Transfer] = [:]

    /// - Throws: `PosixError` ENOMEM when libcurl cannot be had.
    package init() throws(PosixError) {
        guard curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK, let multi = curl_multi_init() else {
            throw PosixError("curl_multi_init", errorNumber: ENOMEM)
        }
        self.multi = OpaquePointer(multi)
    }

    deinit {
        for (handle, _) in transfers { remove(handle) }
        curl_multi_cleanup(UnsafeMutableRawPointer(multi))
    }

    /// Begins a transfer, whose handle is its own from here on.
    func begin(_ easy: UnsafeMutableRawPointer, _ transfer: any Transfer) {
        transfers[OpaquePointer(easy)] = transfer
        curl_multi_add_handle(UnsafeMutableRawPointer(multi), easy)
    }

    /// Waits until something happens, moves all transfers on, and tells those that are over.
    /// - Parameter descriptors: others that end the wait when they are readable.
    package func wait(_ descriptors: [Int32], milliseconds: Int64) {
        let multi = UnsafeMutableRawPointer(multi)
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        if !tellFinished() {
            var others = descriptors.filter { $0 >= 0 }.map {
                curl_waitfd(fd: $0, events: Int16(CURL_WAIT_POLLIN), revents: 0)
            }
            curl_multi_poll(multi, &others, UInt32(others.count), Int32(clamping: max(0, milliseconds)), nil)
            curl_multi_perform(multi, &running)
            _ = tellFinished()
        }
    }

    private func tellFinished() -> Bool {
        var told = false
        var left: Int32 = 0
        while let message = curl_multi_info_read(UnsafeMutableRawPointer(multi), &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = transfers[OpaquePointer(easy)]
            else { continue }
            let tell = transfer.end(easy, penstock_curl_result(message))
            remove(OpaquePointer(easy))
            tell()
            told = true
        }
        return told
    }

    private func remove(_ handle: OpaquePointer) {
        let easy = UnsafeMutableRawPointer(handle)
        curl_multi_remove_handle(UnsafeMutableRawPointer(multi), easy)
        curl_easy_cleanup(easy)
        transfers[handle] = nil
    }
}
