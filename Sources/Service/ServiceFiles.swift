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

    /// - Throws: `ConfigurationError` with the file, the line and the error; one holds all faults of the catalogs.
    package init(_ configuration: Configuration) throws(ConfigurationError) {
        let loaded = try Self.catalogs(configuration)
        let errors = loaded.faults.filter { $0.severity == .error }
        guard errors.isEmpty else {
            throw ConfigurationError(errors.map(\.description).joined(separator: "\n"))
        }
        catalogs = loaded.catalogs
        guard let path = configuration.signingKeys else {
            throw ConfigurationError(
                "PENSTOCK_SIGNING_KEYS is not set (a file; penstock keys signing makes a line for it)")
        }
        do {
            keys = try KeyRing(contentsOf: path)
        } catch {
            throw ConfigurationError("\(path): \(error)")
        }
        if let path = configuration.jwks, path.contains("://") {
            throw ConfigurationError(
                "PENSTOCK_JWKS is the address \(path); a file is wanted: fetch it (curl -o FILE), and again when its keys "
                    + "change, then send HUP")
        }
        do {
            jwks = try configuration.jwks.map { try JWKS(parsing: Array(try Self.text($0).utf8)) }
        } catch {
            throw ConfigurationError("\(configuration.jwks ?? ""): \(error)")
        }
    }

    /// The catalogs of the configured folder, and their faults.
    /// - Throws: `ConfigurationError` when the folder cannot be read.
    package static func catalogs(
        _ configuration: Configuration
    ) throws(ConfigurationError) -> (catalogs: CatalogSet, faults: [CatalogFault]) {
        do {
            return CatalogLoader.load(try CatalogFolder.sources(in: configuration.catalogs))
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
