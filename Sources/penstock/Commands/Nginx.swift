import API
import ArgumentParser
import Configuration
import Nginx
import Storage

struct NginxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nginx",
        abstract: "Print the locations for nginx's server block.",
        discussion: """
            The whole snippet, with nothing left to edit, to be included inside a server block:

                penstock nginx --http > /etc/nginx/conf.d/penstock.conf
                penstock nginx > /etc/nginx/penstock.conf
                server { listen 443 ssl; … include /etc/nginx/penstock.conf; }

            What --http prints belongs into the http block, where Debian's nginx includes conf.d. Paths come from the \
            options, else from the settings, else from where an installation has them. When a setting or Penstock itself \
            has changed, print it again. 'penstock check --nginx' compares what nginx runs with it.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The socket of Penstock, a unix path or host:port (PENSTOCK_SOCKET).") var socket: String?
    @Option(help: "The socket for nginx's reports of transfers, a unix path, or none (PENSTOCK_AUDIT_SOCKET).")
    var auditSocket: String?
    @Option(
        help: "The folder or bucket of the export files (PENSTOCK_STORAGE); nginx reads a folder's subfolder files.")
    var storage: String?
    @Option(help: "The folder of the web page.") var page = "/usr/share/penstock/www"
    @Option(help: "A file with the four PENSTOCK_… parameters that say who is calling; they are blank without it.")
    var identity: String?
    @Flag(help: "Report transfers to the audit.") var transfers = false
    @Flag(inversion: .prefixedNo, help: "Limit what one address may ask for.") var limits = true
    @Flag(help: "Print what the http block needs for the limits and the transfers, and not the locations.") var http =
        false
    @Flag(help: .hidden) var source = false

    func run() throws {
        try command {
            if http || source { return Terminal.write(http ? Snippet.http : Snippet.source, to: 1) }
            Terminal.write(Snippet(try places()).text, to: 1)
        }
    }

    private func places() throws -> Snippet.Places {
        let values = try options.values()
        let socket = try socket ?? values[\.socket]
        var places = Snippet.Places(
            socket: socket, auditSocket: try auditSocket(beside: socket, values),
            storage: storage ?? values.text("STORAGE") ?? "/var/lib/penstock",
            uploadBytes: try values[\.filterFileBytes] + BodyLimits.json)
        places.bucket = try BucketAddress(
            storage ?? values.text("STORAGE") ?? "", try values[\.storageEndpoint], try values[\.storageStyle]
        ).map { try Snippet.Places.Bucket(url: $0.url, host: $0.host, authorities: values[\.storageAuthorities]) }
        places.page = Snippet.Places.folder(page)
        places.identity = identity
        places.tellsTransfers = transfers
        places.limitsAddresses = limits
        return places
    }
    /// The option, else the setting, else the file beside a socket that an option names.
    private func auditSocket(beside socket: String, _ values: SettingValues) throws -> String? {
        if let auditSocket { return auditSocket == "none" ? nil : auditSocket }
        guard self.socket != nil, values.text("AUDIT_SOCKET") == nil else { return try values[\.auditSocket] }
        return socket.lastIndex(of: "/").map { "\(socket[..<$0])/audit.sock" }
    }
}
