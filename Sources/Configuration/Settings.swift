import Mail
import Posix

/// All settings, each defined once: the property's name is the field of `Configuration`. `--help` lists them in this
/// order.
package struct Settings: Sendable {
    package let databaseURL = Setting.requiredDatabase(
        "DATABASE_URL", "libpq URI of Penstock's own database: jobs, users, keys, audit")
    package let responderDatabaseURL = Setting<String>(
        "RESPONDER_DATABASE_URL",
        "the same database by the role of the processes that answer requests; DATABASE_URL when left out"
    ) { values, name throws(ConfigurationError) in
        if let url = try values.database(name) { return url }
        return try Settings.shared.databaseURL.value(in: values)
    }
    package let webhooksDatabaseURL = Setting<String>(
        "WEBHOOKS_DATABASE_URL", "the same database by the role of the process of webhooks; DATABASE_URL when left out"
    ) { values, name throws(ConfigurationError) in
        if let url = try values.database(name) { return url }
        return try Settings.shared.databaseURL.value(in: values)
    }
    package let sourceURL = Setting<String>(
        "SOURCE_URL", "libpq URI of the data, e.g. of a replica; the same as DATABASE_URL when left out"
    ) { values, name throws(ConfigurationError) in
        if let url = try values.database(name) { return url }
        return try Settings.shared.databaseURL.value(in: values)
    }
    package let catalogs = Setting.required("CATALOGS", "folder of catalog files (*.yaml), read with its subfolders")
    package let storage = Setting.required(
        "STORAGE",
        "folder for the export files, of which nginx reads the subfolder files; or a bucket of an object store: "
            + "s3://bucket/prefix")
    package let storageEndpoint = Setting<String>.text(
        "STORAGE_ENDPOINT", default: "https://s3.amazonaws.com",
        "address of the object store, e.g. https://s3.example.com:9000")
    package let storageRegion = Setting<String>.text(
        "STORAGE_REGION", default: "us-east-1", "region of the object store, which is part of each signature")
    package let storageStyle = Setting<StorageStyle>(
        "STORAGE_STYLE", default: StorageStyle.path.rawValue,
        "how requests name the bucket: path for https://endpoint/bucket, host for https://bucket.endpoint"
    ) { values, name throws(ConfigurationError) in
        guard let text = values.text(name) else { return .path }
        guard let value = StorageStyle(rawValue: text) else {
            throw ConfigurationError("\(name) is '\(text)', not path or host")
        }
        return value
    }
    package let storageKeys = Setting<String?>.text(
        "STORAGE_KEYS", default: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the environment",
        "file with the key of the object store: lines aws_access_key_id = … and aws_secret_access_key = …")
    package let storageAuthorities = Setting<String?>.text(
        "STORAGE_CA", default: "the system's",
        "file of PEM certificates that vouch for the object store, in place of the system's")
    package let storageScratch = Setting<String>.text(
        "STORAGE_SCRATCH", default: "/var/tmp",
        "local folder where parts of running exports lie on their way to an object store")
    package let socket = Setting<String>.text(
        "SOCKET", default: "/run/penstock/penstock.sock",
        "unix path or IPv4 host:port; a socket on descriptor 0 goes first")
    package let sendFile = Setting<SendFile>(
        "SEND_FILE", default: SendFile.accelRedirect.rawValue,
        "the header by which the web server is told which file to send: x-accel-redirect (nginx, Caddy) or x-sendfile "
            + "(Apache, lighttpd)"
    ) { values, name throws(ConfigurationError) in
        guard let text = values.text(name) else { return .accelRedirect }
        guard let value = SendFile(rawValue: text) else {
            throw ConfigurationError("\(name) is '\(text)', not x-accel-redirect or x-sendfile")
        }
        return value
    }
    package let signingKeys = Setting<String?>.text(
        "SIGNING_KEYS", "file of link keys, a line each: key id, space, 32 bytes or more in base64url or hex")
    package let jwks = Setting<String?>.text(
        "JWKS", "file of the JWT keys (RFC 7517); without it there is no Bearer authentication")
    package let jwtIssuer = Setting<String?>.text("JWT_ISSUER", "required iss of a JWT; any when left out")
    package let jwtAudience = Setting<String?>.text("JWT_AUDIENCE", "required aud of a JWT; any when left out")
    package let publicAddress = Setting<PublicAddress>(
        "PUBLIC_URL",
        "how clients reach nginx, e.g. https://erp.example.com; links begin with it. A path at its end is one that "
            + "something in front of the locations takes away"
    ) { values, name throws(ConfigurationError) in try PublicAddress(values.text(name) ?? "") }
    package let trustedOrigins = Setting<[PublicAddress]>(
        "TRUSTED_ORIGINS",
        "other web addresses whose pages may ask for changes, e.g. https://portal.example.com,https://crm.example.com"
    ) { values, name throws(ConfigurationError) in try values.origins(name) }
    package let responders = Setting.integer(
        "RESPONDERS", in: 1...1024, default: "twice the processors, at least 8", "processes that answer requests"
    ) { _ in max(8, 2 * Host.processors) }
    package let workers = Setting.integer(
        "WORKERS", in: 1...256, default: "the processors",
        "exports, or parts of large ones, that are made at the same time on this host"
    ) { _ in Host.processors }
    package let spareSeconds = Setting.limit(
        "SPARE_SECONDS", in: 0...3600, default: 0,
        "how long after an export a worker with a connection to the source waits for the next one; changes of the role's "
            + "settings and of its right to connect are seen so much later. 0 for none")
    package let linkSeconds = Setting.integer(
        "LINK_SECONDS", in: 1...3600, default: 300, "how long a download link is good, at most 3600")
    package let retentionDays = Setting.integer("RETENTION_DAYS", in: 1...3650, default: 7, "how long a file is kept")
    package let historyDays = Setting.limit(
        "HISTORY_DAYS", in: 0...36_500, default: 0,
        "how long an export that has expired, failed or was cancelled stays in lists, with its idempotency key. 0 for ever"
    )
    package let auditDays = Setting.limit(
        "AUDIT_DAYS", in: 0...36_500, default: 0,
        "how long a row of the audit is kept; a signed checkpoint stands for those that went. 0 for ever")
    package let tenantRunning = Setting.limit(
        "TENANT_RUNNING", in: 0...1024, default: 0,
        "exports of one tenant that run at the same time, on all hosts together. 0 for as many as these have workers")
    package let tenantQueued = Setting.integer(
        "TENANT_QUEUED", in: 1...10_000_000, default: 1000,
        "exports of one tenant that are pending or running; more are refused with 429")
    package let tenantStoredBytes = Setting.limit(
        "TENANT_STORED_MB", in: 0...1_073_741_824, default: 20_480, unit: 1 << 20,
        "what one tenant's files, kept rows and lists of keys may take together; new exports are refused with 429 beyond. 0 for any"
    )
    package let tenantSchedules = Setting.integer(
        "TENANT_SCHEDULES", in: 0...1_000_000, default: 1000,
        "schedules that one tenant may have; more are refused with 429")
    package let callerPresets = Setting.integer(
        "CALLER_PRESETS", in: 0...1_000_000, default: 200,
        "saved requests that one caller may have; more are refused with 429")
    package let tenantPresets = Setting.integer(
        "TENANT_PRESETS", in: 0...1_000_000, default: 5000,
        "saved requests of one tenant; more are refused with 429")
    package let scheduleOwnerDays = Setting.limit(
        "SCHEDULE_OWNER_DAYS", in: 0...36_500, default: 400,
        "how long a schedule goes on without a sign of its owner, where he comes from a gateway or a token. 0 for ever")
    package let callerStreams = Setting.integer(
        "CALLER_STREAMS", in: 1...100_000, default: 32,
        "event streams that one caller may have open on a host; more are refused with 429")
    package let tenantStreams = Setting.integer(
        "TENANT_STREAMS", in: 1...100_000, default: 256,
        "event streams that one tenant may have open on a host; more are refused with 429")
    package let streams = Setting.integer(
        "STREAMS", in: 1...100_000, default: 1024,
        "event streams that may be open on a host; each takes two of nginx's worker_connections")
    package let streamCheckSeconds = Setting.integer(
        "STREAM_CHECK_SECONDS", in: 1...60, default: 30,
        "time between two looks whether the keys and users whose event streams are open may still listen")
    package let maxAttempts = Setting.integer(
        "MAX_ATTEMPTS", in: 1...100, default: 3, "how often an export is tried whose worker dies")
    package let exportSeconds = Setting.integer(
        "EXPORT_SECONDS", in: 1...604_800, default: 3600, "the longest time that one export may take")
    package let previewSeconds = Setting.integer(
        "PREVIEW_SECONDS", in: 1...300, default: 5, "the longest time that a preview may take")
    package let exactTotals = Setting.integer(
        "EXACT_TOTALS", in: 100...1_000_000_000, default: 10_000,
        "how many jobs of a filtered list and rows of a preview are counted; where there are more the answer says that "
            + "its total is an estimate")
    /// Below this one worker is done before a second has its connection.
    package let partsFromRows = Setting.integer(
        "PARTS_FROM_ROWS", in: 2...1_000_000_000, default: 100_000,
        "an export that is expected to have so many rows is made in parts, where there are several workers")
    package let partFileSeconds = Setting.integer(
        "PART_FILE_SECONDS", in: 0...86_400, default: 3,
        "a finished part of a large export can be downloaded when the rest should take so long")
    package let stallSeconds = Setting.integer(
        "STALL_SECONDS", in: 2...86_400, default: 60,
        "a worker that shows no life for so long is killed and its job runs again")
    package let requestSeconds = Setting.integer(
        "REQUEST_SECONDS", in: 2...3600, default: 60,
        "a responder that is stuck in one request for so long is killed")
    package let hangSeconds = Setting.integer(
        "HANG_SECONDS", in: 2...86_400, default: 60,
        "a process of the service that shows no life for so long is killed and replaced")
    package let sweepSeconds = Setting.integer(
        "SWEEP_SECONDS", in: 1...86_400, default: 600,
        "time between two comparisons of the stored files with the database; a file that two in a row miss is lost")
    package let mostLostPercent = Setting.integer(
        "MOST_LOST_PERCENT", in: 0...100, default: 3,
        "of the stored files, how many in a hundred may be missing, or have no row; when there are more the storage is taken "
            + "to be away, or the database to be set back: no export fails by it, and no file is deleted. 100 believes all"
    )
    package let scrubBytes = Setting.limit(
        "SCRUB_MB_PER_SECOND", in: 0...10_000, default: 4, unit: 1 << 20,
        "how fast the stored files are read again, all of them once a day at most, to find those that have rotted on the "
            + "disk. 0 for not at all")
    /// nil for the default, which depends on the disk.
    package let reserveBytes = Setting<Int?>(
        "RESERVE_MB", default: "a twentieth of the disk, at most 1024",
        "free space of the storage below which no export begins; those that are asked for wait until there is room"
    ) { values, name throws(ConfigurationError) in
        try values.integer(name, in: 0...1_073_741_824).map { $0 << 20 }
    }
    package let logLevel = Setting<LogLevel>(
        "LOG_LEVEL", default: LogLevel.info.rawValue,
        "the least that is logged: debug (each request, too), info, warning or error"
    ) { values, name throws(ConfigurationError) in
        guard let text = values.text(name) else { return .info }
        guard let value = LogLevel(rawValue: text) else {
            throw ConfigurationError("\(name) is '\(text)', not debug, info, warning or error")
        }
        return value
    }
    package let slowRequestMilliseconds = Setting.limit(
        "SLOW_REQUEST_MS", in: 0...3_600_000, default: 1000,
        "a request that takes so many milliseconds is a warning in the log; time that it waits on purpose does not count. "
            + "0 for none")
    package let drainSeconds = Setting.integer(
        "DRAIN_SECONDS", in: 1...86_400, default: 300, "how long running exports may take to finish after TERM")
    package let workerMemoryBytes = Setting.integer(
        "WORKER_MEMORY_MB", in: 64...1_048_576, default: 512, unit: 1 << 20,
        "address space that a worker may use beyond what it starts with")
    package let fileLimitBytes = Setting.integer(
        "FILE_LIMIT_MB", in: 1...1_073_741_824, default: 65_536, unit: 1 << 20,
        "the largest file that an export may write")
    package let trustsGateway = Setting.boolean(
        "TRUST_GATEWAY", default: false, "believe the identity that nginx passes in PENSTOCK_USER and its companions")
    package let filterFileBytes = Setting.integer(
        "FILTER_FILE_MB", in: 1...1024, default: 32, unit: 1 << 20,
        "the largest list of keys that may come with an export; nginx has a limit, too")
    /// nil when nginx has nowhere to report to.
    package let auditSocket = Setting<String?>(
        "AUDIT_SOCKET", default: "audit.sock beside SOCKET",
        "unix datagram socket on which nginx tells what it has sent; none for no such socket"
    ) { values, name throws(ConfigurationError) in
        if let path = values.text(name) { return path == "none" ? nil : path }
        let socket = try Settings.shared.socket.value(in: values)
        return socket.lastIndex(of: "/").map { "\(socket[..<$0])/audit.sock" }
    }
    package let nginxProgram = Setting<String>.text(
        "NGINX", default: "nginx", "the nginx program that runs here, a path or a name in PATH, for penstock check")
    package let nginxConf = Setting<String?>.text(
        "NGINX_CONF", "nginx's main file, e.g. /etc/nginx/nginx.conf, for penstock check")
    package let nginxPrefix = Setting<String?>.text(
        "NGINX_PREFIX", "what nginx is started with as -p, when it is, for penstock check")
    package let webhookTrustedRanges = Setting<[AddressRange]>(
        "WEBHOOK_TRUSTED_RANGES",
        "private addresses that webhooks may be sent to, e.g. 10.1.0.0/16,fd00::/8; otherwise only public ones"
    ) { values, name throws(ConfigurationError) in try values.addressRanges(name) }
    /// nil for the system's.
    package let webhookAuthorities = Setting<String?>.text(
        "WEBHOOK_CA", default: "the system's",
        "file of PEM certificates that vouch for https endpoints of webhooks, in place of the system's")
    package let webhookRetrySeconds = Setting.integer(
        "WEBHOOK_RETRY_SECONDS", in: 1...3600, default: 5,
        "time from the first attempt of a webhook to the second; then four times as long")
    package let webhookAttempts = Setting.integer(
        "WEBHOOK_ATTEMPTS", in: 1...20, default: 10, "how often a webhook is tried")
    /// nil for a service that sends no e-mail.
    package let mailServer = Setting<MailServer?>(
        "SMTP_URL",
        "the server that takes e-mail: smtp://user@mail.example.com:587 with STARTTLS or smtps:// with TLS from the "
            + "beginning; a path is the name by which EHLO calls this host. Without it no export is delivered by e-mail"
    ) { values, name throws(ConfigurationError) in
        guard values.text(name) != nil else { return nil }
        guard let from = try Settings.shared.mailFrom.value(in: values) else { throw Settings.shared.mailFrom.missing }
        return try values.mailServer(name, from: from, try Settings.shared.mailEncryption.value(in: values))
    }
    package let mailFrom = Setting<Mailbox?>(
        "SMTP_FROM", "whom e-mail comes from: Reports <reports@example.com>, or the address alone; with SMTP_URL"
    ) { values, name throws(ConfigurationError) in try values.mailbox(name) }
    package let mailPassword = Setting<String?>.text(
        "SMTP_PASSWORD_FILE", default: "the password in SMTP_URL",
        "file whose first line is the password of SMTP_URL's user; it is read for each message")
    package let mailEncryption = Setting<MailServer.Encryption>(
        "SMTP_TLS", default: MailServer.Encryption.required.rawValue,
        "required, or none for a server on this host, to which no password is sent then"
    ) { values, name throws(ConfigurationError) in
        guard let text = values.text(name) else { return .required }
        guard let value = MailServer.Encryption(rawValue: text) else {
            throw ConfigurationError("\(name) is '\(text)', not required or none")
        }
        return value
    }
    /// nil for the system's.
    package let mailAuthorities = Setting<String?>.text(
        "SMTP_CA", default: "the system's",
        "file of PEM certificates that vouch for the server of SMTP_URL, in place of the system's")
    package let mailDomains = Setting<MailDomains>(
        "MAIL_DOMAINS", default: "none",
        "domains that exports may be delivered to by e-mail, e.g. example.com,*.example.org; to no other anything is sent"
    ) { values, name throws(ConfigurationError) in try values.mailDomains(name) }
    package let mailLinkSeconds = Setting.integer(
        "MAIL_LINK_SECONDS", in: 60...2_592_000, default: 259_200,
        "how long the link of an e-mail is good, and the longest that a request may ask for; never longer than the file"
    )
    package let mailAttachmentBytes = Setting.limit(
        "MAIL_ATTACHMENT_MB", in: 0...1024, default: 10, unit: 1 << 20,
        "the largest file that is attached to an e-mail; of a larger one a link is sent. 0 for any")
    package let mailRetrySeconds = Setting.integer(
        "MAIL_RETRY_SECONDS", in: 1...3600, default: 60,
        "time from the first attempt of an e-mail to the second; then four times as long")
    package let mailAttempts = Setting.integer("MAIL_ATTEMPTS", in: 1...20, default: 7, "how often an e-mail is tried")
    package let ratePerMinute = Setting.limit(
        "RATE_PER_MINUTE", in: 0...200_000, default: 600,
        "requests of one caller in a minute, over all responders of a host; more are refused with 429. 0 for any number"
    )
    package let refusalsPerMinute = Setting.integer(
        "REFUSALS_PER_MINUTE", in: 1...200_000, default: 60,
        "refused attempts from one address (or one /64) in a minute that have a row in the audit each; of more, one row a "
            + "minute says how many there were")
    package let loginFailures = Setting.integer(
        "LOGIN_FAILURES", in: 1...200_000, default: 5,
        "wrong passwords of one user from one network (/24, /64), and from one address (or one /64), in a minute; then 429"
    )

    static let shared: Settings = Settings()

    /// In the order of their definition.
    package static let all: [any SettingDescription] =
        Mirror(reflecting: shared).children.compactMap { $0.value as? any SettingDescription }
}
