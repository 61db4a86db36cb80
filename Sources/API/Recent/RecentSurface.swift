import HTTP
import Identity

extension Surface {
    static let recent = Surface(
        "recent", prefix: "/api/v1/exports", endsInSlash: false, errors: .coded(with: ["export"]),
        fragments: [PackageResources.recent_yaml],
        [
            Endpoint(
                "listExportReports", .get, "", needs: .viewReports, query: ["limit", "parent_report_id"],
                ListRecent.answer),
            Endpoint("createExportReport", .post, "", needs: .exportReports, body: .json, CreateRecent.answer),
            Endpoint("getExportReport", .get, "/{id}", needs: .viewReports, GetRecent.answer),
        ])
}
