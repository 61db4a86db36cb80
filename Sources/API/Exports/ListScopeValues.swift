import Catalog
import Configuration
import Generation
import HTTP
import JSON
import Posix

/// GET /report/catalogs/:module/:catalog/scopes/:scope: the values of a scope by their names, for a user interface to
/// search in where the application lists none.
enum ListScopeValues {
    static func answer(_ call: Call, _ caller: Caller) throws -> Response {
        let (module, key) = (call["module"], call["catalog"])
        guard let report = call.catalogs(for: caller).report(module: module, key: key) else {
            throw RequestError.unknownCatalog(module: module, catalog: key)
        }
        guard let scope = report.scope(call["scope"]) else { throw APIError.notFound }
        let search = caller.query["search"] ?? ""
        let page = try caller.query.number("page", default: 1, in: 1...10_000)
        let found = try call.context.previews.inside {
            try call.context.backends.withSource { session in
                try ScopeChoices.take(
                    session, of: scope, report, tenant: caller.tenant, search: search, page: page,
                    seconds: call.configuration.previewSeconds)
            }
        }
        guard let choices = found else { throw APIError.busy("As many previews as may be made at once are under way") }
        return .json([
            "success": true,
            "values": .array(choices.values.map { ["value": .string($0.value), "label": .string($0.label)] }),
            "more": .bool(choices.hasMore),
        ])
    }
}
