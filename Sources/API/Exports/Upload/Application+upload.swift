import Configuration
import HTTP
import Identity
import Postgres

/// Requests that bring a file.
extension Application {
    /// Bytes of a body with a filter file: the file, the request beside it, and what lies between the parts.
    package var uploadLimit: Int { configuration.filterFileBytes + Self.bodyLimit }

    /// How a request with a body that may be large begins.
    package enum UploadStart {
        /// It is none; the body is read as a whole.
        case none
        case upload(Upload)
        /// It may not come in; the body is of no interest.
        case refused(Response)
    }

    /// Whether a request brings a file, and whether it may: who calls is asked before a byte of the body is read.
    package func beginUpload(_ request: Request) -> UploadStart {
        guard request.method == .post, let route = Route(request.segments), route == .exports || route == .preview,
            let type = request.contentType.flatMap({ MediaType($0) }), type.type == "multipart",
            let reader = MultipartReader(type)
        else { return .none }
        quota = nil
        do {
            return .upload(
                try retryingLostConnections {
                    let caller = try Caller(
                        request, self, needs: route == .exports ? Permission.exportReports : Permission.viewReports)
                    return try Upload(caller, reader, storage: storage)
                })
        } catch {
            return .refused(withQuota(refusal(error, on: route.surface, to: request)))
        }
    }

    /// The answer, when the whole body has been taken in.
    package func finish(_ upload: Upload, _ request: Request) -> Response {
        do {
            let body = try upload.body()
            return try retryingLostConnections {
                let wish = try ExportWish(body, upload.caller, self, upload: upload)
                return withQuota(
                    Route(request.segments) == .preview
                        ? try preview(wish, upload.caller) : try createExport(wish, upload.caller, request))
            }
        } catch {
            return failed(upload, error, request)
        }
    }

    /// The answer, when taking the body in has failed.
    package func failed(_ upload: Upload, _ error: any Error, _ request: Request) -> Response {
        // Where the database has not said how it ended there may be a job; if there is none, the sweep takes the list.
        if !(error is PostgresError) { upload.withdraw() }
        return withQuota(refusal(error, on: Route(request.segments)?.surface ?? .exports, to: request))
    }
}
