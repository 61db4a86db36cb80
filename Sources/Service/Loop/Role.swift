import Configuration

/// The kinds of process that a service is made of.
package enum Role: String, Sendable, CaseIterable {
    case responder, dispatcher, housekeeper, scheduler, webhooks, events, audit

    /// The short name that ps and top show.
    var processName: String { "pst-\(rawValue)" }

    /// With the role of this part of the service in the database.
    func configuration(_ configuration: Configuration) -> Configuration {
        switch self {
        case .responder, .events, .audit: configuration.reaching(database: configuration.responderDatabaseURL)
        case .webhooks: configuration.reaching(database: configuration.webhooksDatabaseURL)
        case .dispatcher, .housekeeper, .scheduler: configuration
        }
    }
}
