import HTTP

/// Every path that is served, as a value. Pure: what a path means does not depend on who asks.
package enum Route: Equatable, Sendable {
    case catalogs(module: String)
    case preview
    case exports
    case export(id: String)
    case download(id: String)
    case cancel(id: String)
    case events
    case schedules
    case schedule(id: String)
    /// A signed link to a file.
    case file(job: String, name: String)
    /// A signed link to a finished part of a running export.
    case partFile(job: String, number: String, name: String)
    /// The description of all this.
    case openAPI
    /// The Reports API: the list, and a file by its token.
    case reports(ReportsPath)
    case reportFile(token: String)
    /// The Recent API.
    case recents
    case recent(id: String)
    /// The Records API.
    case records
    case record(id: String)
    case setCancel(id: String)
    /// The Re-exports API.
    case reexports
    case reexport(id: String)

    package var surface: Surface {
        switch self {
        case .reports, .reportFile: .reports
        case .recents, .recent: .recent
        case .records, .record, .setCancel: .records
        case .reexports, .reexport: .reexports
        default: .exports
        }
    }

    /// The methods that are served there, besides HEAD and OPTIONS.
    package var methods: Set<Method> {
        switch self {
        case .catalogs, .export, .download, .file, .partFile, .events, .openAPI: [.get]
        case .reports, .reportFile, .recent, .records, .record: [.get]
        case .preview, .cancel, .setCancel: [.post]
        case .exports, .recents, .schedules, .reexports: [.get, .post]
        case .schedule: [.get, .patch, .delete]
        case .reexport: [.get, .put, .delete]
        }
    }

    /// - Parameter segments: the decoded path between its slashes.
    package init?(_ segments: [String]) {
        switch segments.first {
        case "report": self.init(report: Array(segments.dropFirst()))
        case "b" where segments.starts(with: ["b", "api", "v1", "reports"]): self.init(reports: segments.dropFirst(4))
        case "api" where segments.starts(with: ["api", "v1", "report-reexports"]):
            self.init(reexports: segments.dropFirst(3))
        case "api" where segments.starts(with: ["api", "v1", "exports"]): self.init(exports: segments.dropFirst(3))
        default: return nil
        }
    }

    private init?(reexports segments: ArraySlice<String>) {
        switch (segments.count, segments.first) {
        case (0, _): self = .reexports
        case (1, let id?) where id != "": self = .reexport(id: id)
        default: return nil
        }
    }

    private init?(report segments: [String]) {
        let parts = segments.map { $0 }
        switch (parts.count, parts.first) {
        case (2, "catalogs") where parts[1] != "": self = .catalogs(module: parts[1])
        case (1, "exports"): self = .exports
        case (2, "exports"):
            switch parts[1] {
            case "": return nil
            case "preview": self = .preview
            case "events": self = .events
            default: self = .export(id: parts[1])
            }
        case (3, "exports") where parts[2] == "download": self = .download(id: parts[1])
        case (3, "exports") where parts[2] == "cancel": self = .cancel(id: parts[1])
        case (3, "files") where parts[2] != "": self = .file(job: parts[1], name: parts[2])
        case (5, "files") where parts[2] == "parts" && parts[4] != "":
            self = .partFile(job: parts[1], number: parts[3], name: parts[4])
        case (1, "schedules"): self = .schedules
        case (2, "schedules") where parts[1] != "": self = .schedule(id: parts[1])
        case (1, "openapi.json"): self = .openAPI
        default: return nil
        }
    }
}

/// The three paths under which the Reports API lists the same reports.
package enum ReportsPath: Sendable { case bare, slash, files }

/// Surfaces 2 to 4, by what follows their first segments.
extension Route {
    private init?(reports segments: ArraySlice<String>) {
        let parts = Array(segments)
        switch parts.count {
        case 0: self = .reports(.bare)
        case 1 where parts == [""]: self = .reports(.slash)
        case 2 where parts == ["files", ""]: self = .reports(.files)
        case 4 where parts[0] == "files" && parts[1] != "" && parts[2...] == ["download", ""]:
            self = .reportFile(token: parts[1])
        default: return nil
        }
    }

    /// The slash at the end tells Records (4) from Recent (3).
    private init?(exports segments: ArraySlice<String>) {
        let parts = Array(segments)
        switch parts.count {
        case 0: self = .recents
        case 1 where parts == [""]: self = .records
        case 1: self = .recent(id: parts[0])
        case 2 where parts[0] != "" && parts[1] == "": self = .record(id: parts[0])
        case 3 where parts[0] != "" && parts[1...] == ["set_cancel", ""]: self = .setCancel(id: parts[0])
        default: return nil
        }
    }
}

extension Surface: Equatable {}
