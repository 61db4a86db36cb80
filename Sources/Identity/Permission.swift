/// The actions that a caller may be allowed.
package enum Permission: String, CaseIterable, Sendable {
    /// Catalogs, previews, lists, single jobs, downloads.
    case viewReports = "view:reports"
    /// Creating, cancelling and re-exporting; schedules.
    case exportReports = "export:reports"
    /// The Reports surface with a user name and password.
    case canViewReport = "report.can_view_report"
    /// Changing a re-export's status.
    case manageReexports = "manage:reexports"
    /// The figures for monitoring, which name the catalogs of all tenants.
    case viewMetrics = "view:metrics"
}
