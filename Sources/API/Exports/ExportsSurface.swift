import HTTP
import Identity
import JSON

extension Surface {
    static let exports = Surface(
        "exports", prefix: "/report", errors: .exports,
        fragments: [
            PackageResources.exports_yaml, PackageResources.schedules_yaml, PackageResources.presets_yaml,
            PackageResources.administration_yaml,
            PackageResources.operations_yaml,
        ],
        [
            Endpoint("listAllCatalogs", .get, "/catalogs", needs: .viewReports, ListAllCatalogs.answer),
            Endpoint("listCatalogs", .get, "/catalogs/{module}", needs: .viewReports, ListCatalogs.answer),
            Endpoint(
                "listScopeValues", .get, "/catalogs/{module}/{catalog}/scopes/{scope}", needs: .viewReports,
                query: ["search", "page"], ListScopeValues.answer),
            Endpoint(
                "previewExport", .post, "/exports/preview", needs: .viewReports, query: ["rows"],
                body: .jsonOrFilterFile, PreviewExport.answer),
            Endpoint(
                "createExport", .post, "/exports", needs: .exportReports, body: .jsonOrFilterFile, CreateExport.answer),
            Endpoint(
                "listExports", .get, "/exports", needs: .viewReports,
                query: ["module", "catalog", "status", "removed", "page", "limit", "include"], ListExports.answer),
            Endpoint(
                "getExport", .get, "/exports/{id}", needs: .viewReports, query: ["include"], GetExport.answer),
            Endpoint("removeExport", .delete, "/exports/{id}", needs: .exportReports, RemoveExport.answer),
            Endpoint(
                "linkExport", .get, "/exports/{id}/download",
                .download(.permission(.viewReports), query: ["part"], LinkExport.answer)),
            Endpoint("cancelExport", .post, "/exports/{id}/cancel", needs: .exportReports, CancelExport.answer),
            Endpoint(
                "streamEvents", .get, "/exports/events",
                .stream(EventSubscription.access, query: [], SubscribeToEvents.answer)),
            Endpoint(
                "getFile", .get, "/files/{job}/{name}", secretBelow: "/files/", .open(ServeFile.answer)),
            Endpoint(
                "getPartFile", .get, "/files/{job}/parts/{number}/{name}", secretBelow: "/files/",
                .open(ServePart.answer)),
            Endpoint("getHealth", .get, "/healthz", .open(ShowHealth.answer)),
            Endpoint("getReadiness", .get, "/readyz", .open(ShowReadiness.answer)),
            Endpoint("getMetrics", .get, "/metrics", needs: .viewMetrics, ShowMetrics.answer),
            Endpoint("getOpenAPI", .get, "/openapi.json", .open(DescribeAPI.answer)),
            Endpoint("createSchedule", .post, "/schedules", needs: .exportReports, body: .json, CreateSchedule.answer),
            Endpoint(
                "listSchedules", .get, "/schedules", needs: .viewReports,
                query: ["module", "catalog", "page", "limit"], ListSchedules.answer),
            Endpoint(
                "getSchedule", .get, "/schedules/{id}", needs: .viewReports, query: ["include"], GetSchedule.answer),
            Endpoint(
                "changeSchedule", .patch, "/schedules/{id}", needs: .exportReports, body: .json, ChangeSchedule.answer),
            Endpoint("removeSchedule", .delete, "/schedules/{id}", needs: .exportReports, RemoveSchedule.answer),
            Endpoint("createPreset", .post, "/presets", needs: .viewReports, body: .json, CreatePreset.answer),
            Endpoint(
                "listPresets", .get, "/presets", needs: .viewReports, query: ["module", "catalog", "page", "limit"],
                ListPresets.answer),
            Endpoint("getPreset", .get, "/presets/{id}", needs: .viewReports, GetPreset.answer),
            Endpoint("changePreset", .patch, "/presets/{id}", needs: .viewReports, body: .json, ChangePreset.answer),
            Endpoint("removePreset", .delete, "/presets/{id}", needs: .viewReports, RemovePreset.answer),
            Endpoint("getUsage", .get, "/usage", needs: .viewReports, ShowUsage.answer),
            Endpoint(
                "searchAudit", .get, "/audit",
                .known(
                    .superusers, query: ["exportId", "subject", "outcome", "from", "to", "page", "limit"],
                    SearchAudit.answer)),
            Endpoint("getWebhook", .get, "/webhook", .known(.superusers, query: [], ShowWebhook.answer)),
            Endpoint(
                "listDeliveries", .get, "/deliveries",
                .known(.superusers, query: ["exportId"], ListDeliveries.answer)),
            Endpoint("listKeys", .get, "/keys", .known(.superusers, query: [], ListKeys.answer)),
        ])
}

extension ErrorForm {
    /// `{"success":false,"message":<code>}` and the error's details.
    static let exports = ErrorForm { error in
        .object(JSON.Object([("success", false), ("message", .string(error.code))] + error.details))
    }
}
