import API
import Glibc
import Nginx
import Posix

/// The files of an installation's folder, with the real paths in them.
struct SetupFiles {
    /// Absolute.
    let folder: String
    /// The program that runs now, absolute.
    let program: String
    /// The folder of the web page.
    let page: String
    let publicURL: String
    let user: String

    init(folder: String, publicURL: String) throws(PosixError) {
        self.folder = folder
        self.publicURL = publicURL
        program = try Self.path("/proc/self/exe")
        page = Self.page(beside: program)
        user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
    }

    /// A path without links.
    /// - Throws: `PosixError` when nothing is there.
    static func path(_ path: String) throws(PosixError) -> String {
        guard let real = realpath(path, nil) else { throw PosixError("realpath", subject: path) }
        defer { free(real) }
        return String(cString: real)
    }

    /// Of the installation that the program belongs to, or of the sources that it was built from.
    private static func page(beside program: String) -> String {
        var parents: [String] = []
        var rest = program[...]
        while let slash = rest.lastIndex(of: "/"), parents.count < 6 {
            rest = rest[..<slash]
            parents.append(String(rest))
        }
        let places =
            parents.prefix(2).map { "\($0)/share/penstock/www" } + parents.map { "\($0)/nginx/www" }
        return places.first { access("\($0)/index.html", R_OK) == 0 } ?? "/usr/share/penstock/www"
    }

    private var socket: String { "\(folder)/run/penstock.sock" }

    /// The port that nginx listens on when it is started with `nginx.conf`.
    private var port: String {
        let authority = publicURL.split(separator: "/").dropFirst().first ?? ""
        let digits = authority.split(separator: ":").dropFirst().last ?? ""
        return digits.isEmpty ? publicURL.hasPrefix("https:") ? "443" : "80" : String(digits)
    }

    /// Settings, for `--config`.
    func settings(_ names: SetupNames) -> String {
        let settings = [
            ("DATABASE_URL", names.databaseURL), ("SOURCE_URL", names.sourceURL), ("CATALOGS", "\(folder)/catalogs"),
            ("STORAGE", "\(folder)/storage"), ("SOCKET", socket), ("SIGNING_KEYS", "\(folder)/keys/signing-keys"),
            ("JWKS", "\(folder)/keys/jwks.json"), ("PUBLIC_URL", publicURL),
            ("NGINX_CONF", "\(folder)/nginx/nginx.conf"),
        ]
        return "# Settings of Penstock, for --config. `penstock serve --help` lists them all.\n"
            + settings.map { "\($0): \"\($1.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"\n" }.joined()
    }

    /// The locations, to be included in a server block.
    var locations: String {
        var places = Snippet.Places(
            socket: socket, auditSocket: "\(folder)/run/audit.sock", storage: "\(folder)/storage",
            uploadBytes: (32 << 20) + BodyLimits.json)
        places.page = page
        places.tellsTransfers = true
        return Snippet(places).text
    }

    /// What the http block needs beside the locations.
    var http: String { Snippet.http }

    /// A whole configuration, with which nginx can be tried at once.
    var nginx: String {
        // An nginx of root gives its workers to another user, who could not read this folder.
        let user = geteuid() == 0 ? "user root;\n" : ""
        return """
            # A whole nginx for a first try: nginx -c \(folder)/nginx/nginx.conf
            # Your own nginx includes penstock-http.conf in its http block and penstock.conf in a server block instead; its
            # workers' user must reach \(folder)/run and \(folder)/storage/files.
            \(user)pid "\(folder)/run/nginx.pid";
            error_log "\(folder)/run/nginx-error.log";

            events {
            }

            http {
                access_log "\(folder)/run/nginx-access.log";
                include "\(folder)/nginx/penstock-http.conf";
                client_body_temp_path "\(folder)/run/nginx-body";
                fastcgi_temp_path "\(folder)/run/nginx-fastcgi";
                proxy_temp_path "\(folder)/run/nginx-proxy";
                uwsgi_temp_path "\(folder)/run/nginx-uwsgi";
                scgi_temp_path "\(folder)/run/nginx-scgi";

                server {
                    listen \(port);
                    large_client_header_buffers 4 32k;
                    error_page 400 /_penstock_400;
                    include "\(folder)/nginx/penstock.conf";
                }
            }

            """
    }

    /// For /etc/systemd/system.
    var unit: String {
        ServiceUnit(
            program: program, settings: "\(folder)/settings.yaml", user: user,
            writable: ["\(folder)/run", "\(folder)/storage"],
            comment: "cp \(folder)/penstock.service /etc/systemd/system/ && systemctl enable --now penstock"
        ).service
    }
}
