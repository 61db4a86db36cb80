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
    /// A signed link to a file.
    case file(job: String, name: String)
    /// The description of all this.
    case openAPI
    /// A part of the contract that this version does not have.
    case absent(Surface, feature: String)

    package var surface: Surface {
        if case .absent(let surface, _) = self { surface } else { .exports }
    }

    /// The methods that are served there, besides HEAD and OPTIONS.
    package var methods: Set<Method> {
        switch self {
        case .catalogs, .export, .download, .file, .events, .openAPI: [.get]
        case .preview, .cancel: [.post]
        case .exports: [.get, .post]
        case .absent: Set(Method.allCases)
        }
    }

    /// - Parameter segments: the decoded path between its slashes.
    package init?(_ segments: [String]) {
        switch segments.first {
        case "report": self.init(report: Array(segments.dropFirst()))
        case "b" where segments.starts(with: ["b", "api", "v1", "reports"]):
            self = .absent(.reports, feature: "the Reports API")
        case "api" where segments.starts(with: ["api", "v1", "report-reexports"]):
            self = .absent(.reexports, feature: "the Re-exports API")
        case "api" where segments.starts(with: ["api", "v1", "exports"]):
            // The slash at the end tells Records (4) from Recent (3).
            self = .absent(segments.last == "" ? .records : .recent, feature: "this API")
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
        case (1, "schedules"), (2, "schedules"): self = .absent(.exports, feature: "schedules")
        case (1, "openapi.json"): self = .openAPI
        default: return nil
        }
    }
}

extension Surface: Equatable {}
