import JSON
import Mail

/// That a finished file is delivered by e-mail: the member `deliver.email` of a request.
package struct MailDelivery: Equatable, Sendable {
    /// 1 to `mostRecipients`, distinct. Each gets a message of its own.
    package var to: [MailAddress]
    /// nil for one that names the file.
    package var subject: String?
    /// Whether the file goes along, where it is not too large, in place of a link.
    package var attach: Bool
    /// Whether nothing is sent when the file has no rows.
    package var skipEmpty: Bool
    /// How long the link is good; nil for as long as the service lets it.
    package var linkSeconds: Int?

    package static let mostRecipients = 20
    static let linkSeconds = 60...2_592_000

    package init(
        to: [MailAddress], subject: String? = nil, attach: Bool = false, skipEmpty: Bool = false,
        linkSeconds: Int? = nil
    ) {
        self.to = to
        self.subject = subject
        self.attach = attach
        self.skipEmpty = skipEmpty
        self.linkSeconds = linkSeconds
    }

    /// The member `deliver` of a request that is stored.
    /// - Returns: nil when it is none.
    package init?(stored json: JSON?) {
        var reader = FieldReader(json?.object ?? JSON.Object())
        guard var email = reader.reader("email"), let delivery = MailDelivery(reading: &email), email.faults.isEmpty
        else { return nil }
        self = delivery
    }

    /// - Returns: nil without a list of addresses; the faults are the reader's.
    init?(reading email: inout FieldReader) {
        if email.take("to") == nil { email.fault("to", that: "is required") }
        let texts = email.strings("to") ?? []
        var addresses: [MailAddress] = []
        for (index, text) in texts.enumerated() {
            guard let address = MailAddress(text) else {
                email.fault("to.\(index)", that: "is no address of e-mail such as name@example.com")
                continue
            }
            if addresses.contains(address) { email.fault("to.\(index)", that: "is there twice") }
            addresses.append(address)
        }
        if texts.count > Self.mostRecipients {
            email.fault("to", that: "must have at most \(Self.mostRecipients) items")
        }
        let subject = email.string("subject")
        if let subject, !subject.isHeading {
            email.fault("subject", that: "must be 1 to 255 printable characters")
        }
        let attach = email.flag("attach", default: false)
        let skipEmpty = email.flag("skipEmpty", default: false)
        let seconds = email.take("linkSeconds")
        if let seconds, !(seconds.int.map { Self.linkSeconds.contains($0) } ?? false) {
            email.fault(
                "linkSeconds",
                that: "must be a whole number from \(Self.linkSeconds.lowerBound) to \(Self.linkSeconds.upperBound)")
        }
        guard !addresses.isEmpty else { return nil }
        self.init(to: addresses, subject: subject, attach: attach, skipEmpty: skipEmpty, linkSeconds: seconds?.int)
    }

    package var json: JSON {
        var email = JSON.Object([("to", .array(to.map { .string($0.description) }))])
        email["subject"] = subject.map { .string($0) }
        email["attach"] = .bool(attach)
        email["skipEmpty"] = .bool(skipEmpty)
        email["linkSeconds"] = linkSeconds.map { .int($0) }
        return ["email": .object(email)]
    }
}

extension RequestDecoding {
    mutating func deliver() -> MailDelivery? {
        guard var reader = body.reader("deliver") else { return nil }
        if reader.take("email") == nil { reader.fault("email", that: "is required") }
        var delivery: MailDelivery?
        if var email = reader.reader("email") {
            delivery = MailDelivery(reading: &email)
            reader.absorb(email)
        }
        body.absorb(reader)
        return delivery
    }
}

/// To whom a service sends e-mail.
package struct MailPolicy: Sendable {
    /// Whether there is a server that takes it.
    private let isOn: Bool
    private let domains: MailDomains
    /// The longest that a link is good.
    private let linkSeconds: Int

    package init(isOn: Bool, domains: MailDomains, linkSeconds: Int) {
        self.isOn = isOn
        self.domains = domains
        self.linkSeconds = linkSeconds
    }

    /// What speaks against a delivery.
    /// - Parameter path: where it stands in the body, `deliver` or `request.deliver`.
    package func faults(of delivery: MailDelivery?, at path: String = "deliver") -> [RequestFault] {
        guard let delivery else { return [] }
        guard isOn, !domains.isEmpty else {
            let missing = isOn ? "MAIL_DOMAINS" : "SMTP_URL"
            return [fault(path, "cannot be had: this service delivers nothing by e-mail (\(missing) is not set)")]
        }
        var faults: [RequestFault] = []
        for (index, address) in delivery.to.enumerated() where !domains.contains(address.domain) {
            faults.append(
                fault("\(path).email.to.\(index)", "is of a domain that nothing is delivered to: \(address.domain)"))
        }
        if let seconds = delivery.linkSeconds, seconds > linkSeconds {
            faults.append(fault("\(path).email.linkSeconds", "must be at most \(linkSeconds)"))
        }
        return faults
    }

    private func fault(_ field: String, _ rest: String) -> RequestFault {
        RequestFault(path: RequestFault.path(field), that: rest)
    }

    /// Whether a message may still go to an address.
    package func allows(_ address: MailAddress) -> Bool { domains.contains(address.domain) }
}
