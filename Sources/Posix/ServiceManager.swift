import Glibc

/// systemd's side of a service: it is told when the service is ready, what it does, and that it lives (sd_notify(3)).
/// Without the variable NOTIFY_SOCKET all of it does nothing.
package struct ServiceManager: Sendable {
    /// A path, or a name that begins with `@` (unix(7), abstract sockets).
    private let address: String?
    /// How often the manager wants a sign of life, in milliseconds: half of what it waits. Nil when it does not wait.
    package let watchdogMilliseconds: Int64?

    package init() {
        address = Host.environment("NOTIFY_SOCKET").flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isMeant = Host.environment("WATCHDOG_PID").map { Int32($0) == getpid() } ?? true
        watchdogMilliseconds =
            address == nil || !isMeant
            ? nil : Host.environment("WATCHDOG_USEC").flatMap { Int64($0) }.map { max(1, $0 / 2000) }
    }

    package func ready(_ status: String) { tell("READY=1\nSTATUS=\(status)") }
    package func status(_ status: String) { tell("STATUS=\(status)") }
    package func stopping() { tell("STOPPING=1\nSTATUS=finishing what has begun") }
    package func reloading() { tell("RELOADING=1\nMONOTONIC_USEC=\(Clock.monotonicMilliseconds * 1000)") }
    package func alive() { tell("WATCHDOG=1") }

    /// Never waits: a manager that does not read must not stop the service.
    private func tell(_ message: String) {
        guard let address else { return }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: name.sun_path) else { return }
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        // The length tells where an abstract name ends; a path's may have more.
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(offset + bytes.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = Array(message.utf8)
        _ = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
