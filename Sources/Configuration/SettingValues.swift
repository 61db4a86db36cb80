/// The settings as they are given, for a command that needs only some of them: each is checked when it is read.
package struct SettingValues {
    let texts: SettingTexts

    /// - Parameter file: a YAML mapping of setting names, with or without `PENSTOCK_`, to scalars.
    /// - Throws: `ConfigurationError` for a file that cannot be read or holds an unknown name.
    package init(file: String?) throws(ConfigurationError) {
        try self.init(allIn: file)
        var faults = ConfigurationError.Collection()
        faults.add(texts.faults)
        try faults.check()
    }

    /// For a `Configuration`, which tells of unknown names together with all else.
    /// - Throws: `ConfigurationError` for a file that cannot be read.
    package init(allIn file: String?) throws(ConfigurationError) {
        texts = try SettingTexts(file: file, known: Settings.all.map(\.name))
    }

    /// The text of a setting; nil when it is not set.
    package func text(_ name: String) -> String? { texts.text(name) }

    /// The checked value of one setting.
    package subscript<Value: Sendable>(_ setting: KeyPath<Settings, Setting<Value>>) -> Value {
        get throws(ConfigurationError) { try Settings.shared[keyPath: setting].value(in: texts) }
    }

    /// The text of an optional setting that a command cannot do without.
    /// - Throws: `ConfigurationError` when it is not set.
    package func required(_ setting: KeyPath<Settings, Setting<String?>>) throws(ConfigurationError) -> String {
        if let value = try self[setting] { return value }
        throw Settings.shared[keyPath: setting].missing
    }
}
