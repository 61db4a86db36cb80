import Posix

/// All settings, checked and with their defaults.
package struct Configuration: Sendable {
    package let databaseURL: String
    package let sourceURL: String
    package let catalogs: String
    package let storage: String
    package let socket: String
    package let signingKeys: String?
    package let jwks: String?
    package let jwtIssuer: String?
    package let jwtAudience: String?
    /// Without a slash at its end.
    package let publicURL: String
    /// The path in it, `/tools`; empty where nginx is reached at the root.
    package let publicPath: String
    package let responders: Int
    package let workers: Int
    package let linkSeconds: Int
    package let retentionDays: Int
    package let tenantRunning: Int
    package let tenantQueued: Int
    /// What a tenant's files may take together; nil for any number.
    package let tenantStoredBytes: Int?
    package let tenantSchedules: Int
    package let maxAttempts: Int
    package let exportSeconds: Int
    package let previewSeconds: Int
    package let partsFromRows: Int
    package let partFileSeconds: Int
    package let stallSeconds: Int
    package let requestSeconds: Int
    package let drainSeconds: Int
    package let workerMemoryBytes: Int
    package let fileLimitBytes: Int
    package let trustsGateway: Bool
    /// Requests of one caller in a minute; nil for any number.
    package let ratePerMinute: Int?
    package let loginFailures: Int
    /// Private addresses that webhooks may be sent to.
    package let webhookTrustedRanges: [AddressRange]
    /// A file of PEM certificates in place of the system's; nil for those.
    package let webhookAuthorities: String?
    /// Seconds between the first two attempts.
    package let webhookRetrySeconds: Int
    package let webhookAttempts: Int
    package let filterFileBytes: Int
    /// Where nginx tells what it has sent; nil where it cannot.
    package let auditSocket: String?
    /// The nginx whose configuration is looked at: a path, or a name in PATH.
    package let nginxProgram: String
    package let nginxConf: String?
    package let nginxPrefix: String?

    /// Below this one worker is done before a second has its connection.
    package static let usualPartsFromRows = 100_000

    package init(_ values: SettingValues) throws(ConfigurationError) {
        databaseURL = try values.required("DATABASE_URL")
        sourceURL = values.text("SOURCE_URL") ?? databaseURL
        catalogs = try values.required("CATALOGS")
        storage = try values.required("STORAGE")
        socket = values.text("SOCKET") ?? "/run/penstock/penstock.sock"
        signingKeys = values.text("SIGNING_KEYS")
        jwks = values.text("JWKS")
        jwtIssuer = values.text("JWT_ISSUER")
        jwtAudience = values.text("JWT_AUDIENCE")
        (publicURL, publicPath) = try values.publicURL()
        let processors = Host.processors
        responders = try values.integer("RESPONDERS", default: max(8, 2 * processors), in: 1...1024)
        workers = try values.integer("WORKERS", default: processors, in: 1...256)
        linkSeconds = try values.integer("LINK_SECONDS", default: 300, in: 1...3600)
        retentionDays = try values.integer("RETENTION_DAYS", default: 7, in: 1...3650)
        tenantRunning = try values.integer("TENANT_RUNNING", default: workers, in: 1...256)
        tenantQueued = try values.integer("TENANT_QUEUED", default: 1000, in: 1...10_000_000)
        let storedMegabytes = try values.integer("TENANT_STORED_MB", default: 0, in: 0...1_073_741_824)
        tenantStoredBytes = storedMegabytes == 0 ? nil : storedMegabytes << 20
        tenantSchedules = try values.integer("TENANT_SCHEDULES", default: 1000, in: 0...1_000_000)
        maxAttempts = try values.integer("MAX_ATTEMPTS", default: 3, in: 1...100)
        exportSeconds = try values.integer("EXPORT_SECONDS", default: 3600, in: 1...604_800)
        previewSeconds = try values.integer("PREVIEW_SECONDS", default: 5, in: 1...300)
        partsFromRows = try values.integer("PARTS_FROM_ROWS", default: Self.usualPartsFromRows, in: 2...1_000_000_000)
        partFileSeconds = try values.integer("PART_FILE_SECONDS", default: 3, in: 0...86_400)
        stallSeconds = try values.integer("STALL_SECONDS", default: 60, in: 2...86_400)
        requestSeconds = try values.integer("REQUEST_SECONDS", default: 60, in: 2...3600)
        drainSeconds = try values.integer("DRAIN_SECONDS", default: 300, in: 1...86_400)
        workerMemoryBytes = try values.integer("WORKER_MEMORY_MB", default: 512, in: 64...1_048_576) << 20
        fileLimitBytes = try values.integer("FILE_LIMIT_MB", default: 65_536, in: 1...1_073_741_824) << 20
        let rate = try values.integer("RATE_PER_MINUTE", default: 0, in: 0...200_000)
        ratePerMinute = rate == 0 ? nil : rate
        loginFailures = try values.integer("LOGIN_FAILURES", default: 5, in: 1...200_000)
        webhookTrustedRanges = try values.addressRanges("WEBHOOK_TRUSTED_RANGES")
        webhookAuthorities = values.text("WEBHOOK_CA")
        webhookRetrySeconds = try values.integer("WEBHOOK_RETRY_SECONDS", default: 5, in: 1...3600)
        webhookAttempts = try values.integer("WEBHOOK_ATTEMPTS", default: 10, in: 1...20)
        trustsGateway = try values.boolean("TRUST_GATEWAY", default: false)
        filterFileBytes = try values.integer("FILTER_FILE_MB", default: 32, in: 1...1024) << 20
        auditSocket = Self.auditSocket(values.text("AUDIT_SOCKET"), beside: socket)
        nginxProgram = values.text("NGINX") ?? "nginx"
        nginxConf = values.text("NGINX_CONF")
        nginxPrefix = values.text("NGINX_PREFIX")
    }

    private static func auditSocket(_ given: String?, beside socket: String) -> String? {
        if let given { return given == "none" ? nil : given }
        return socket.lastIndex(of: "/").map { "\(socket[..<$0])/audit.sock" }
    }
}
