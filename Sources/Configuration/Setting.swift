import Posix

/// One setting: its name in a file (`DATABASE_URL`) and in the environment (`PENSTOCK_DATABASE_URL`), its purpose, its
/// default, and how its value is read.
package struct Setting<Value: Sendable>: Sendable, SettingDescription {
    package let name: String
    package let defaultText: String?
    package let purpose: String
    private let reader: @Sendable (SettingTexts, _ name: String) throws(ConfigurationError) -> Value

    /// - Parameters:
    ///   - defaultText: the default in words, for `--help`; nil when the setting has none.
    ///   - reader: reads and checks the value; it is given the setting's name.
    init(
        _ name: String, default defaultText: String? = nil, _ purpose: String,
        _ reader: @escaping @Sendable (SettingTexts, _ name: String) throws(ConfigurationError) -> Value
    ) {
        self.name = name
        self.defaultText = defaultText
        self.purpose = purpose
        self.reader = reader
    }

    /// The value, or the default where it is not set.
    /// - Throws: `ConfigurationError` for a value that is missing or out of range.
    func value(in values: SettingTexts) throws(ConfigurationError) -> Value { try reader(values, name) }

    var missing: ConfigurationError { .missing(name, purpose) }

    package func anyValue(in values: SettingTexts) throws(ConfigurationError) -> any Sendable { try value(in: values) }
}

/// The parts of a setting that do not depend on its type.
package protocol SettingDescription: Sendable {
    var name: String { get }
    /// The default in words; nil when the setting has none.
    var defaultText: String? { get }
    var purpose: String { get }
    func anyValue(in values: SettingTexts) throws(ConfigurationError) -> any Sendable
}

extension Setting where Value == String {
    static func required(_ name: String, _ purpose: String) -> Setting {
        Setting(name, purpose) { values, name throws(ConfigurationError) in
            guard let value = values.text(name) else { throw .missing(name, purpose) }
            return value
        }
    }

    static func requiredDatabase(_ name: String, _ purpose: String) -> Setting {
        Setting(name, purpose) { values, name throws(ConfigurationError) in
            guard let value = try values.database(name) else { throw .missing(name, purpose) }
            return value
        }
    }

    static func text(_ name: String, default fallback: String, _ purpose: String) -> Setting {
        Setting(name, default: fallback, purpose) { values, name in values.text(name) ?? fallback }
    }
}

extension Setting where Value == String? {
    static func text(_ name: String, default defaultText: String? = nil, _ purpose: String) -> Setting {
        Setting(name, default: defaultText, purpose) { values, name in values.text(name) }
    }
}

extension Setting where Value == Bool {
    static func boolean(_ name: String, default fallback: Bool, _ purpose: String) -> Setting {
        Setting(name, default: "\(fallback)", purpose) { values, name throws(ConfigurationError) in
            try values.boolean(name) ?? fallback
        }
    }
}

extension Setting where Value == Int {
    /// - Parameter unit: the number is multiplied by it: 1 << 20 for a setting in MiB whose value is in bytes.
    static func integer(
        _ name: String, in range: ClosedRange<Int>, default fallback: Int, unit: Int = 1, _ purpose: String
    ) -> Setting {
        Setting(name, default: "\(fallback)", purpose) { values, name throws(ConfigurationError) in
            (try values.integer(name, in: range) ?? fallback) * unit
        }
    }

    /// - Parameter fallback: computes the default, which `defaultText` tells in words.
    static func integer(
        _ name: String, in range: ClosedRange<Int>, default defaultText: String, _ purpose: String,
        _ fallback: @escaping @Sendable (SettingTexts) throws(ConfigurationError) -> Int
    ) -> Setting {
        Setting(name, default: defaultText, purpose) { values, name throws(ConfigurationError) in
            if let value = try values.integer(name, in: range) { return value }
            return try fallback(values)
        }
    }
}

extension Setting where Value == Int? {
    /// A number of which 0 means that there is no limit: the value is then nil.
    /// - Parameter fallback: where it is left out; nil for no limit.
    static func limit(
        _ name: String, in range: ClosedRange<Int>, default fallback: Int? = nil, unit: Int = 1, _ purpose: String
    ) -> Setting {
        Setting(name, default: fallback.map { "\($0)" } ?? "no limit", purpose) {
            values, name throws(ConfigurationError) in
            guard let value = try values.integer(name, in: range) ?? fallback, value != 0 else { return nil }
            return value * unit
        }
    }
}
