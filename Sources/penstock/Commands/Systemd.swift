import ArgumentParser

struct SystemdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd",
        abstract: "Print the unit files for systemd.",
        discussion: """
            systemd listens where nginx connects and hands the socket to the service, so that no request is refused while \
            the service restarts. The service may write to its folders and reach its databases, and little else \
            ('systemd-analyze security penstock').

                penstock systemd > /etc/systemd/system/penstock.service
                penstock systemd --socket > /etc/systemd/system/penstock.socket
                systemctl enable --now penstock.socket penstock.service

            The Debian package brings both. 'penstock init' writes a service for its folder.
            """)

    @Option(help: "The program, an absolute path.") var program = "/usr/bin/penstock"
    @Option(help: "The settings, an absolute path.") var config = "/etc/penstock/settings.yaml"
    @Option(help: "The user that the service runs as.") var user = "penstock"
    @Option(help: "The group of the service's files and socket: nginx's, which reads them.") var group = "www-data"
    @Option(
        help: "A folder that the service writes to. May be repeated; without it /var/lib/penstock and /run/penstock.")
    var writable: [String] = []
    @Option(help: "Where systemd listens for nginx.") var listen = "/run/penstock/penstock.sock"
    @Flag(help: "Print the unit of the socket, and not that of the service.") var socket = false

    func validate() throws {
        for path in [program, config, listen] + writable where !path.hasPrefix("/") {
            throw ValidationError("'\(path)' is not an absolute path.")
        }
        // These stand as they are in files in which a line, a quote, a percent sign or a space has a meaning.
        for word in [program, config, listen, user, group] + writable {
            if word.isEmpty || word.contains(where: { $0.isWhitespace || "\"'\\%$#;".contains($0) }) {
                throw ValidationError("'\(word)' cannot be written into a unit file.")
            }
        }
    }

    func run() throws {
        try command {
            var unit = ServiceUnit(
                program: program, settings: config, user: user, group: group,
                writable: writable.isEmpty ? ["/run/penstock", "/var/lib/penstock"] : writable)
            unit.isHandedItsSocket = true
            Terminal.write(socket ? unit.listening(on: listen) : unit.service, to: 1)
        }
    }
}
