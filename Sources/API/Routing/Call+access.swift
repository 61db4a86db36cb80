import Catalog
import Generation
import HTTP
import Identity
import JSON
import Jobs
import Schedules

/// What a caller sees of the catalogs, and of what others have made of them.
extension Call {
    func catalogs(for caller: Caller) -> CatalogSet { context.catalogs.seen(by: caller.viewer) }

    /// Whether a caller may have a job's file.
    func isShown(_ job: Job, to caller: Caller) -> Bool {
        FileAccess(context.catalogs).isShown(job, to: caller.viewer)
    }

    /// A job as a caller sees it: without its request and receipt when these name what is hidden from him.
    func shown(_ job: Job, to caller: Caller) -> Job {
        guard context.catalogs.isGuarded || job.access != nil, !isShown(job, to: caller) else { return job }
        return job.withoutContent
    }

    /// What a schedule keeps of what its owner may see.
    func keptAccess(of caller: Caller) -> JSON { caller.viewer.keeping(claims: context.catalogs.claimNames).json }

    /// Whether a caller sees all that a schedule or a saved request asks for.
    func isShown(_ wanted: ScheduledExport, to caller: Caller) -> Bool {
        guard context.catalogs.isGuarded,
            context.catalogs.report(module: wanted.module, key: wanted.catalog)?.isGuarded == true
        else { return true }
        let report = catalogs(for: caller).report(module: wanted.module, key: wanted.catalog)
        let body = wanted.body(days: nil, timeZone: "UTC", notify: false)
        return report.map { (try? RequestDecoding.decode(stored: body, of: $0)) != nil } ?? false
    }

    /// A schedule or a saved request as a caller sees it: without columns, filters and errors when these name what is
    /// hidden from him.
    func withoutHidden(_ json: JSON, of wanted: ScheduledExport, for caller: Caller) -> JSON {
        guard !isShown(wanted, to: caller), case .object(var object) = json else { return json }
        let told = ["module", "catalog", "format", "period"]
        object["request"] = object["request"]?.object.map { request in
            .object(JSON.Object(request.members.filter { told.contains($0.key) }.map { ($0.key, $0.value) }))
        }
        if object["lastError"] != nil { object["lastError"] = .null }
        return .object(object)
    }

    func json(_ schedule: Schedule, for caller: Caller) -> JSON {
        withoutHidden(schedule.json, of: schedule.draft.export, for: caller)
    }
}

extension Viewer {
    /// The name by which the caller is known is the claim `sub`, however he has signed in.
    init(_ identity: Identity) {
        var claims = identity.claims
        claims["sub"] = [identity.subject]
        self.init(permissions: identity.permissions, claims: claims, isUnrestricted: identity.isSuperuser)
    }
}
