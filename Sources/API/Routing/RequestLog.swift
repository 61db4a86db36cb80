import HTTP
import Identity

/// Takes the notes of the API that are for the log and not for clients.
package struct RequestLog {
    package enum Note {
        /// An error of the server's own; the client gets only the request's id.
        case failed(APIError)
        /// A credential that proves nothing; of the same reason, so many more were not told.
        case refused(CredentialRefusal, untold: Int)
    }

    let write: (_ note: Note, _ request: Request) -> Void

    package init(_ write: @escaping (_ note: Note, _ request: Request) -> Void) {
        self.write = write
    }
}
