import Posix

/// The values of all settings, checked and with their defaults: `configuration.workers` is that of `Settings.workers`.
@dynamicMemberLookup
package struct Configuration: Sendable {
    private var values: [String: any Sendable]

    /// - Throws: `ConfigurationError` with all settings that are missing or wrong, and all names that are no setting's.
    package init(_ given: SettingValues) throws(ConfigurationError) {
        var values: [String: any Sendable] = [:]
        var faults = ConfigurationError.Collection()
        faults.add(given.texts.faults)
        for setting in Settings.all {
            values[setting.name] = faults.take { () throws(ConfigurationError) in
                try setting.anyValue(in: given.texts)
            }
        }
        try faults.check()
        self.values = values
    }

    package subscript<Value: Sendable>(dynamicMember setting: KeyPath<Settings, Setting<Value>>) -> Value {
        let setting = Settings.shared[keyPath: setting]
        guard let value = values[setting.name] as? Value else {
            preconditionFailure("\(setting.name) is not in Settings.all")
        }
        return value
    }

    /// The same with another way to Penstock's own database.
    package func reaching(database url: String) -> Configuration {
        var other = self
        other.values[Settings.shared.databaseURL.name] = url
        return other
    }

    /// Without a slash at its end.
    package var publicURL: String { self.publicAddress.url }

    /// The path in the public URL, `/tools`; empty when nginx is reached at the root.
    package var publicPath: String { self.publicAddress.path }
}
