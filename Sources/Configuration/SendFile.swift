/// How the web server is told which file it is to send: a header of the answer, which it takes away.
package enum SendFile: String, Sendable {
    /// An internal address below `/_penstock_files/`.
    case accelRedirect = "x-accel-redirect"
    /// The file's path on this host.
    case sendfile = "x-sendfile"
}
