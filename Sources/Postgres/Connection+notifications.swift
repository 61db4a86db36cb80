import CPostgres

/// LISTEN and NOTIFY.
extension Connection {
    /// One notification: its channel and its payload.
    package struct Notification: Equatable, Sendable {
        package let channel: String
        package let payload: String
    }

    /// Reads what has arrived on the socket and takes the notifications in it. Does not wait.
    /// - Throws: `PostgresError` when the connection is gone.
    package func notifications() throws(PostgresError) -> [Notification] {
        if PQconsumeInput(handle) != 1 {
            throw PostgresError(.connectionLost, operation: "listen", detail: message)
        }
        var result: [Notification] = []
        while let notification = PQnotifies(handle) {
            result.append(
                Notification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra)))
            PQfreemem(notification)
        }
        return result
    }
}
