import ArgumentParser
import Configuration
import JSON
import Posix
import Time
import Webhooks

struct WebhooksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks", abstract: "Say where a tenant is told how its exports ended.",
        discussion: """
            Messages are signed as Standard Webhooks describes and sent for exports that ask for it (notifyOnCompletion, a \
            schedule's notify), until the endpoint answers 2xx or all attempts are used.
            """,
        subcommands: [
            WebhooksSet.self, WebhooksShow.self, WebhooksRemove.self, WebhooksTest.self, WebhooksDeliveries.self,
            WebhooksResend.self,
        ],
        defaultSubcommand: WebhooksShow.self)
}

struct WebhooksSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set a tenant's endpoint, or change it.",
        discussion: """
            Without --secret the one that is there stays, or a new one is made, and it is printed. After a change of the \
            secret the old one signs beside it for a day.

            A secret that is an argument can be read by others on this host while the command runs; --secret-stdin reads it \
            from standard input.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The tenant.") var tenant: String
    @Option(help: "http or https, on the public internet or in one of WEBHOOK_TRUSTED_RANGES.") var url: String
    @Option(help: "whsec_ and the base64 of 24 to 64 bytes.") var secret: String?
    @Flag(help: "Read the secret from the first line of standard input.") var secretStdin = false
    @Flag(help: "Make a new secret in place of the one that is there.") var newSecret = false
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            try NameCheck.tenants([tenant])
            let values = try options.values()
            let destination: Destination
            do throws(Destination.Refusal) {
                destination = try Destination(url, trusted: try trustedRanges(values))
            } catch {
                throw CommandFailure("--url \(url) cannot be used: \(error)", ExitStatus.usage)
            }
            var wanted: WebhookSecret?
            guard (secret == nil ? 0 : 1) + (secretStdin ? 1 : 0) + (newSecret ? 1 : 0) <= 1 else {
                throw CommandFailure(
                    "of --secret, --secret-stdin and --new-secret only one may be given", ExitStatus.usage)
            }
            if let secret = secretStdin ? readLine() ?? "" : secret {
                guard let given = WebhookSecret(secret) else {
                    throw CommandFailure(
                        "the secret is not whsec_ and the base64 of 24 to 64 bytes", ExitStatus.usage)
                }
                wanted = given
            } else if newSecret {
                wanted = .generate()
            }
            let table = WebhookTable(try options.database("webhooks"))
            guard let stored = try table.set(tenant: tenant, destination, secret: wanted) else {
                throw CommandFailure(Self.unreadable(tenant), ExitStatus.dataError)
            }
            if json {
                return Terminal.json([
                    "tenant": .string(tenant), "url": .string(destination.url), "secret": .string(stored.text),
                ])
            }
            Terminal.line(stored.text)
        }
    }

    fileprivate static func unreadable(_ tenant: String) -> String {
        "the secret of \(tenant) that is stored cannot be read; set another one with --new-secret or --secret-stdin"
    }
}

/// The address ranges that the configuration trusts.
private func trustedRanges(_ values: SettingValues) throws(Destination.Refusal) -> [AddressRange] {
    do throws(ConfigurationError) {
        return try values[\.webhookTrustedRanges]
    } catch {
        throw Destination.Refusal(error.description)
    }
}

struct WebhooksShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the endpoints of all tenants or of one, and how their messages fare.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Only this tenant.") var tenant: String?
    @Flag(help: "Show the secrets too.") var secrets = false
    @Flag(name: .long, help: "Print one JSON array.") var json = false

    func run() throws {
        try command {
            let table = WebhookTable(try options.database("webhooks"))
            let endpoints = try table.endpoints(tenant: tenant)
            if let tenant, endpoints.isEmpty {
                throw CommandFailure("tenant \(tenant) has no webhook", ExitStatus.noInput)
            }
            if json {
                return Terminal.json(
                    .array(
                        endpoints.map { endpoint in
                            var object = JSON.Object([
                                ("tenant", .string(endpoint.tenant)), ("url", .string(endpoint.url)),
                                ("enabled", .bool(endpoint.disabledAt == nil)),
                                ("disabledAt", .string(orNull: endpoint.disabledAt?.exactRFC3339)),
                                ("waiting", .int(endpoint.waiting)), ("delivered", .int(endpoint.delivered)),
                                ("givenUp", .int(endpoint.givenUp)), ("lastError", .string(orNull: endpoint.lastError)),
                            ])
                            if secrets { object["secret"] = .string(orNull: endpoint.secret?.text) }
                            return .object(object)
                        }))
            }
            Terminal.table(
                ["TENANT", "URL", "ENABLED", "WAITING", "DELIVERED", "GIVEN UP", "LAST ERROR"]
                    + (secrets ? ["SECRET"] : []),
                endpoints.map {
                    [
                        $0.tenant, $0.url, $0.disabledAt == nil ? "yes" : "no", "\($0.waiting)", "\($0.delivered)",
                        "\($0.givenUp)", $0.lastError ?? "-",
                    ] + (secrets ? [$0.secret?.text ?? "unreadable"] : [])
                })
        }
    }
}

struct WebhooksRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Tell a tenant no more; messages that wait are given up.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The tenant.") var tenant: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let table = WebhookTable(try options.database("webhooks"))
            guard try table.remove(tenant: tenant) else {
                throw CommandFailure("tenant \(tenant) has no webhook", ExitStatus.noInput)
            }
            Terminal.outcome(
                "removed the webhook of \(tenant)", ["tenant": .string(tenant), "removed": true], asJSON: json)
        }
    }
}

struct WebhooksTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a message of type webhook.test to a tenant's endpoint, from this host.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "The tenant.") var tenant: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let values = try options.values()
            let table = WebhookTable(try options.database("webhooks"))
            guard let endpoint = try table.endpoints(tenant: tenant).first else {
                throw CommandFailure("tenant \(tenant) has no webhook", ExitStatus.noInput)
            }
            guard let secret = endpoint.secret else {
                throw CommandFailure(WebhooksSet.unreadable(tenant), ExitStatus.dataError)
            }
            let now = Clock.wallMicroseconds
            let body: JSON = [
                "type": "webhook.test", "timestamp": .string(Timestamp(microseconds: now).exactRFC3339),
                "data": .object(JSON.Object()),
            ]
            let transfers = try Transfers()
            let sender = try WebhookSender(
                transfers, trusted: values[\.webhookTrustedRanges], authorities: values[\.webhookAuthorities])
            var outcome: DeliveryOutcome?
            sender.send(
                SignedMessage(
                    id: "msg_\(UUID.version7())", timestamp: now / 1_000_000, body: body.serialized,
                    secrets: [secret, endpoint.previousSecret].compactMap { $0 }), to: endpoint.url
            ) { outcome = $0 }
            while outcome == nil { transfers.wait([], milliseconds: 1000) }
            if json {
                Terminal.json([
                    "url": .string(endpoint.url), "delivered": .bool(outcome?.isDelivered ?? false),
                    "status": .int(orNull: outcome?.status), "failure": .string(orNull: outcome?.failure),
                ])
            }
            guard outcome?.isDelivered == true else {
                throw CommandFailure(
                    "\(endpoint.url) did not take the message: \(outcome?.failure ?? "no answer")",
                    ExitStatus.unavailable)
            }
            if !json { Terminal.line("\(endpoint.url) answered \(outcome?.status ?? 0)") }
        }
    }
}
