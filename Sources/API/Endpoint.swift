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
    case schedules = "/report/schedules"
    case schedule = "/report/schedules/{id}"
    case file = "/report/files/{job}/{name}"
    case partFile = "/report/files/{job}/parts/{number}/{name}"
    case openAPI = "/report/openapi.json"
    case reports = "/b/api/v1/reports"
    case reportsWithSlash = "/b/api/v1/reports/"
    case reportFiles = "/b/api/v1/reports/files/"
    case reportFile = "/b/api/v1/reports/files/{token}/download/"
    case recents = "/api/v1/exports"
    case recent = "/api/v1/exports/{id}"
    case records = "/api/v1/exports/"
    case record = "/api/v1/exports/{id}/"
    case setCancel = "/api/v1/exports/{id}/set_cancel/"
    case reexports = "/api/v1/report-reexports"
    case reexport = "/api/v1/report-reexports/{reexport_id}"
}

extension Route {
    package var endpoint: Endpoint {
        switch self {
        case .catalogs: .catalogs
        case .preview: .preview
        case .exports: .exports
        case .export: .export
        case .download: .download
        case .cancel: .cancel
        case .events: .events
        case .schedules: .schedules
        case .schedule: .schedule
        case .file: .file
        case .partFile: .partFile
        case .openAPI: .openAPI
        case .reports(.bare): .reports
        case .reports(.slash): .reportsWithSlash
        case .reports(.files): .reportFiles
        case .reportFile: .reportFile
        case .recents: .recents
        case .recent: .recent
        case .records: .records
        case .record: .record
        case .setCancel: .setCancel
        case .reexports: .reexports
        case .reexport: .reexport
        }
    }
}
