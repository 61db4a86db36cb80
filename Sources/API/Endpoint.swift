/// The paths of the API as its OpenAPI document writes them. A route that is added has to say which one it is, and a test
/// holds this list against the document: nothing is served that is not described, and nothing described that is not served.
package enum Endpoint: String, CaseIterable, Sendable {
    case catalogs = "/report/catalogs/{module}"
    case preview = "/report/exports/preview"
    case exports = "/report/exports"
    case export = "/report/exports/{id}"
    case download = "/report/exports/{id}/download"
    case cancel = "/report/exports/{id}/cancel"
    case events = "/report/exports/events"
    case file = "/report/files/{job}/{name}"
    case openAPI = "/report/openapi.json"
}

extension Route {
    /// Nil for what this version answers with 501.
    package var endpoint: Endpoint? {
        switch self {
        case .catalogs: .catalogs
        case .preview: .preview
        case .exports: .exports
        case .export: .export
        case .download: .download
        case .cancel: .cancel
        case .events: .events
        case .file: .file
        case .openAPI: .openAPI
        case .absent: nil
        }
    }
}
