import HTTP
import Identity

extension Surface {
    static let reexports = Surface(
        "reexports", prefix: "/api/v1/report-reexports", errors: .coded(),
        fragments: [PackageResources.reexports_yaml],
        [
            Endpoint(
                "listReexports", .get, "", needs: .viewReports, query: ["status", "report_id", "page", "limit"],
                ListReexports.answer),
            Endpoint("createReexport", .post, "", needs: .exportReports, body: .json, CreateReexport.answer),
            Endpoint("getReexport", .get, "/{reexport_id}", needs: .viewReports, GetReexport.answer),
            Endpoint(
                "updateReexport", .put, "/{reexport_id}", needs: .manageReexports, body: .json, UpdateReexport.answer),
            Endpoint("cancelReexport", .delete, "/{reexport_id}", needs: .exportReports, CancelReexport.answer),
        ])
}
