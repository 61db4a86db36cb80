import Configuration
import ObjectStore

/// A bucket as nginx has to know it.
package struct BucketAddress: Sendable {
    /// Of the finished files, with a slash at its end.
    package let url: String
    /// As requests are signed for it.
    package let host: String

    /// - Parameter storage: PENSTOCK_STORAGE.
    /// - Returns: nil when it is a folder.
    /// - Throws: `ConfigurationError` for an address or an endpoint that is malformed.
    package init?(_ storage: String, _ endpoint: String, _ style: StorageStyle) throws(ConfigurationError) {
        guard let place = try Self.place(storage, endpoint, style) else { return nil }
        url = "\(place.origin)\(place.path(of: StoredFileName.folder))/"
        host = place.host
    }

    static func place(
        _ storage: String, _ endpoint: String, _ style: StorageStyle
    ) throws(ConfigurationError) -> ObjectPlace? {
        guard storage.hasPrefix("s3://") else { return nil }
        let style = ObjectPlace.Style(rawValue: style.rawValue) ?? .path
        guard let place = ObjectPlace(storage, endpoint: endpoint, style: style) else {
            throw ConfigurationError(
                "PENSTOCK_STORAGE is '\(storage)' at '\(endpoint)' (PENSTOCK_STORAGE_ENDPOINT), not s3://bucket/prefix "
                    + "at https://host[:port]")
        }
        return place
    }
}
