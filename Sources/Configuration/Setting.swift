/// One setting: its name in a file (`DATABASE_URL`) and in the environment (`PENSTOCK_DATABASE_URL`), its default and
/// what it is for. The list is what `--help` and the reader of the configuration share.
package struct Setting: Sendable {
    package let name: String
    package let defaultText: String?
    package let purpose: String

    package static let all: [Setting] = [
        Setting("DATABASE_URL", nil, "libpq URI of Penstock's own database: jobs, users, keys, audit"),
        Setting("SOURCE_URL", nil, "libpq URI of the data, e.g. of a replica; the same as DATABASE_URL when left out"),
        Setting("CATALOGS", nil, "folder of catalog files (*.yaml), read with its subfolders"),
        Setting("STORAGE", nil, "folder for the export files; nginx reads its subfolder files"),
        Setting(
            "SOCKET", "/run/penstock/penstock.sock", "unix path or IPv4 host:port; a socket on descriptor 0 goes first"),
        Setting(
            "SIGNING_KEYS", nil, "file of link keys, a line each: key id, space, 32 bytes or more in base64url or hex"),
        Setting("JWKS", nil, "file of the JWT keys (RFC 7517); without it there is no Bearer authentication"),
        Setting("JWT_ISSUER", nil, "required iss of a JWT; any when left out"),
        Setting("JWT_AUDIENCE", nil, "required aud of a JWT; any when left out"),
        Setting(
            "PUBLIC_URL", nil,
            "how clients reach nginx, e.g. https://erp.example.com; links begin with it. A path at its end is one that something "
                + "in front of the locations takes away"),
        Setting("RESPONDERS", "twice the processors, at least 8", "processes that answer requests"),
        Setting(
            "WORKERS", "the processors", "exports, or parts of large ones, that are made at the same time on this host"),
        Setting("LINK_SECONDS", "300", "how long a download link is good, at most 3600"),
        Setting("RETENTION_DAYS", "7", "how long a file is kept"),
        Setting("TENANT_RUNNING", "the workers", "exports of one tenant that run at the same time"),
        Setting(
            "TENANT_QUEUED", "1000", "exports of one tenant that are pending or running; more are refused with 429"),
        Setting(
            "TENANT_STORED_MB", "no limit",
            "what one tenant's files and kept rows may take together; new exports are refused with 429 beyond"),
        Setting("TENANT_SCHEDULES", "1000", "schedules that one tenant may have; more are refused with 429"),
        Setting("MAX_ATTEMPTS", "3", "how often an export is tried whose worker dies"),
        Setting("EXPORT_SECONDS", "3600", "the longest time that one export may take"),
        Setting("PREVIEW_SECONDS", "5", "the longest time that a preview may take"),
        Setting(
            "PARTS_FROM_ROWS", "100000",
            "an export that is expected to have so many rows is made in parts, where there are several workers"),
        Setting(
            "PART_FILE_SECONDS", "3",
            "a finished part of a large export can be downloaded when the rest should take so long"),
        Setting("STALL_SECONDS", "60", "a worker that shows no life for so long is killed and its job runs again"),
        Setting("REQUEST_SECONDS", "60", "a responder that is stuck in one request for so long is killed"),
        Setting("DRAIN_SECONDS", "300", "how long running exports may take to finish after TERM"),
        Setting("WORKER_MEMORY_MB", "512", "address space that a worker may use beyond what it starts with"),
        Setting("FILE_LIMIT_MB", "65536", "the largest file that an export may write"),
        Setting("TRUST_GATEWAY", "false", "believe the identity that nginx passes in PENSTOCK_USER and its companions"),
        Setting(
            "FILTER_FILE_MB", "32", "the largest list of keys that may come with an export; nginx has a limit, too"),
        Setting(
            "AUDIT_SOCKET", "audit.sock beside SOCKET",
            "unix datagram socket on which nginx tells what it has sent; none for no such socket"),
        Setting("NGINX", "nginx", "the nginx program that runs here, a path or a name in PATH, for penstock check"),
        Setting("NGINX_CONF", nil, "nginx's main file, e.g. /etc/nginx/nginx.conf, for penstock check"),
        Setting("NGINX_PREFIX", nil, "what nginx is started with as -p, when it is, for penstock check"),
        Setting(
            "WEBHOOK_TRUSTED_RANGES", nil,
            "private addresses that webhooks may be sent to, e.g. 10.1.0.0/16,fd00::/8; otherwise only public ones"),
        Setting(
            "WEBHOOK_CA", "the system's",
            "file of PEM certificates that vouch for https endpoints of webhooks, in place of the system's"),
        Setting(
            "WEBHOOK_RETRY_SECONDS", "5",
            "time from the first attempt of a webhook to the second; then four times as long"),
        Setting("WEBHOOK_ATTEMPTS", "10", "how often a webhook is tried"),
        Setting(
            "RATE_PER_MINUTE", "no limit",
            "requests of one caller in a minute, over all responders of a host; more are refused with 429"),
        Setting(
            "LOGIN_FAILURES", "5", "wrong passwords of one user, and from one address, in a minute; then 429"),
    ]

    private init(_ name: String, _ defaultText: String?, _ purpose: String) {
        self.name = name
        self.defaultText = defaultText
        self.purpose = purpose
    }
}
