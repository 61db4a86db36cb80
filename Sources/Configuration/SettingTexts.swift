import Coding
import Posix
import Yams

/// The settings' texts, from a YAML file and the environment; the environment goes first.
package struct SettingTexts {
    private var values: [String: (text: String, origin: String)] = [:]
    /// Lines of the file that set nothing.
    private(set) var faults: [String] = []

    /// - Parameters:
    ///   - file: a YAML mapping of setting names, with or without `PENSTOCK_`, to scalars.
    ///   - known: the names of all settings.
    /// - Throws: `ConfigurationError` for a file that cannot be read; unknown names in it are `faults`.
    init(file: String?, known: [String]) throws(ConfigurationError) {
        if let file { try read(file, known) }
        for name in known {
            let variable = "PENSTOCK_\(name)"
            if let value = Host.environment(variable) { values[name] = (value, variable) }
        }
    }

    private mutating func read(_ path: String, _ known: [String]) throws(ConfigurationError) {
        let text: String
        do {
            text = String(decoding: try File.bytes(at: path), as: UTF8.self)
        } catch {
            throw ConfigurationError("cannot read the configuration file: \(error.debugDescription)")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError("\(path): \(error)")
        }
        guard let node else { return }
        guard let mapping = node.mapping else {
            throw ConfigurationError("\(path):1: a mapping of setting names to values is expected")
        }
        for (key, value) in mapping {
            let line = key.mark?.line ?? 1
            let given = key.string ?? ""
            let name = given.hasPrefix("PENSTOCK_") ? String(given.dropFirst(9)) : given
            guard known.contains(name) else {
                let near = Spelling.suggestion(for: name, among: known)
                let hint = near.isEmpty ? "; penstock serve --help lists them" : near
                faults.append("\(path):\(line): unknown setting '\(given)'\(hint)")
                continue
            }
            guard let text = value.scalar?.string else {
                faults.append("\(path):\(line): \(given) takes one value")
                continue
            }
            values[name] = (text, "\(path):\(line)")
        }
    }

    /// The text of a setting; nil when it is not set.
    func text(_ name: String) -> String? { values[name]?.text }

    /// The text of a libpq URI or connection string; nil when it is not set.
    /// - Throws: `ConfigurationError` for a URI of another kind, which libpq would take for a database's name. Its text
    ///   is not repeated: it may hold a password.
    func database(_ name: String) throws(ConfigurationError) -> String? {
        guard let (text, origin) = values[name] else { return nil }
        if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("="), !text.hasPrefix("postgresql://"),
            !text.hasPrefix("postgres://")
        {
            throw ConfigurationError(
                "\(origin): \(name) begins with '\(text[...colon])'; a libpq URI such as "
                    + "postgresql://user@host/database is expected")
        }
        return text
    }

    /// nil when it is not set.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let (text, origin) = values[name] else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw ConfigurationError(
                "\(origin): \(name) is '\(text)'; a whole number from \(range.lowerBound) to \(range.upperBound) is expected"
            )
        }
        return value
    }

    /// Ranges of addresses between commas or spaces; empty when not set.
    func addressRanges(_ name: String) throws(ConfigurationError) -> [AddressRange] {
        guard let (text, origin) = values[name] else { return [] }
        var ranges: [AddressRange] = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let range = AddressRange(String(part)) else {
                throw ConfigurationError("\(origin): \(name) holds '\(part)'; ranges such as 10.0.0.0/8 are expected")
            }
            ranges.append(range)
        }
        return ranges
    }

    /// Addresses without a path.
    func origins(_ name: String) throws(ConfigurationError) -> [PublicAddress] {
        guard let (text, origin) = values[name] else { return [] }
        var addresses: [PublicAddress] = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            let address = try PublicAddress(String(part), name)
            guard address.path.isEmpty else {
                throw ConfigurationError("\(origin): \(name) holds '\(part)'; an origin has no path")
            }
            addresses.append(address)
        }
        return addresses
    }

    /// nil when it is not set.
    func boolean(_ name: String) throws(ConfigurationError) -> Bool? {
        guard let (text, origin) = values[name] else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw ConfigurationError("\(origin): \(name) is '\(text)'; true or false is expected")
        }
    }
}
