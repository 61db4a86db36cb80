import Mail

/// The settings of e-mail, which depend on each other.
extension SettingTexts {
    /// nil when there is none.
    /// - Parameter from: by whose domain EHLO calls this host where the text has no name.
    func mailServer(
        _ name: String, from: Mailbox, _ encryption: MailServer.Encryption
    ) throws(ConfigurationError) -> MailServer? {
        guard let text = text(name) else { return nil }
        let server: MailServer
        do throws(MailServer.Refusal) {
            server = try MailServer(text, calledAs: from.address.domain.description)
        } catch {
            throw ConfigurationError("\(name) cannot be used: \(error)")
        }
        if encryption == .none {
            guard !server.isEncrypted, server.user == nil else {
                throw ConfigurationError("\(name) has a user or smtps, which does not go with SMTP_TLS none")
            }
        }
        return server
    }

    /// nil when it is not set.
    func mailbox(_ name: String) throws(ConfigurationError) -> Mailbox? {
        guard let text = text(name) else { return nil }
        guard let mailbox = Mailbox(text) else {
            throw ConfigurationError(
                "\(name) is '\(text)'; an address such as Reports <reports@example.com> is expected")
        }
        return mailbox
    }

    func mailDomains(_ name: String) throws(ConfigurationError) -> MailDomains {
        guard let text = text(name) else { return .none }
        var wrong = ""
        guard let domains = MailDomains(text, wrong: &wrong) else {
            throw ConfigurationError("\(name) holds '\(wrong)'; domains such as example.com,*.example.org are expected")
        }
        return domains
    }
}
