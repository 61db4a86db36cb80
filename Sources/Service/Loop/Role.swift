/// The kinds of process that a service is made of.
package enum Role: String, Sendable, CaseIterable {
    case responder, dispatcher, housekeeper, scheduler, webhooks, events, audit

    /// The short name that ps and top show.
    var processName: String { "pst-\(rawValue)" }
}
