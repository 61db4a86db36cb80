import Catalog
import Configuration
import Identity
import Posix
import Storage

/// Everything that a service reads from files at start and again on HUP. Only values: no file stays open.
package struct ServiceFiles: Sendable {
    package let catalogs: CatalogSet
    /// Signing keys of download links.
    package let keys: KeyRing
    /// Keys of JWTs; nil where Bearer authentication is off.
    package let jwks: JWKS?

    /// - Throws: `ConfigurationError` with each file, line and error.
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        try self.init(
            catalogs: configuration.catalogs, signingKeys: configuration.signingKeys, jwks: configuration.jwks)
    }

    /// All settings of a service and all that they name, so that whoever sets one up is told everything at once.
    /// - Throws: `ConfigurationError` with all faults of the settings and of the files.
    package static func read(
        _ values: SettingValues
    ) throws(ConfigurationError) -> (Configuration, ServiceFiles) {
        var faults = ConfigurationError.Collection()
        let configuration = faults.take { () throws(ConfigurationError) in try Configuration(values) }
        let files = faults.take { () throws(ConfigurationError) in
            try ServiceFiles(
                catalogs: values.text("CATALOGS"), signingKeys: values.text("SIGNING_KEYS"), jwks: values.text("JWKS"))
        }
        try faults.check()
        guard let configuration, let files else { preconditionFailure("without a fault there is a value") }
        return (configuration, files)
    }

    /// - Parameter catalogs: nil when the settings are wrong because of it.
    private init(catalogs folder: String?, signingKeys: String?, jwks: String?) throws(ConfigurationError) {
        var faults = ConfigurationError.Collection()
        let catalogs = faults.take { () throws(ConfigurationError) in
            try folder.map { folder throws(ConfigurationError) in try Self.faultless(folder) }
        }
        let keys = faults.take { () throws(ConfigurationError) in try Self.keys(signingKeys) }
        self.jwks =
            faults.take { () throws(ConfigurationError) in
                try jwks.map { path throws(ConfigurationError) in try Self.jwks(path) }
            } ?? nil
        try faults.check()
        self.catalogs = (catalogs ?? nil) ?? CatalogSet()
        guard let keys else { preconditionFailure("without a fault there are keys") }
        self.keys = keys
    }

    private static func faultless(_ folder: String) throws(ConfigurationError) -> CatalogSet {
        let loaded = try catalogs(in: folder)
        var faults = ConfigurationError.Collection()
        faults.add(loaded.faults.filter { $0.severity == .error }.map(\.description))
        try faults.check()
        return loaded.catalogs
    }

    private static func keys(_ path: String?) throws(ConfigurationError) -> KeyRing {
        guard let path else {
            throw ConfigurationError(
                "PENSTOCK_SIGNING_KEYS is not set (a file; penstock keys signing makes a line for it)")
        }
        do {
            return try KeyRing(contentsOf: path)
        } catch {
            throw ConfigurationError("\(path): \(error)")
        }
    }

    private static func jwks(_ path: String) throws(ConfigurationError) -> JWKS {
        guard !path.contains("://") else {
            throw ConfigurationError(
                "PENSTOCK_JWKS is the address \(path); a file is wanted: fetch it (curl -o FILE), and again when its keys "
                    + "change, then send HUP")
        }
        do {
            return try JWKS(parsing: Array(try text(path).utf8))
        } catch {
            throw ConfigurationError("\(path): \(error)")
        }
    }

    /// The catalogs of the configured folder, and their faults.
    /// - Throws: `ConfigurationError` when the folder cannot be read.
    private static func catalogs(
        in folder: String
    ) throws(ConfigurationError) -> (catalogs: CatalogSet, faults: [CatalogFault]) {
        do {
            return CatalogLoader.load(try CatalogFolder.sources(in: folder))
        } catch {
            throw ConfigurationError("PENSTOCK_CATALOGS: \(error)")
        }
    }

    private static func text(_ path: String) throws(ConfigurationError) -> String {
        do {
            return String(decoding: try File.bytes(at: path, limit: 1 << 20), as: UTF8.self)
        } catch {
            throw ConfigurationError(error.debugDescription)
        }
    }
}
