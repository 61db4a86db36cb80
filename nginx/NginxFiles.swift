/// The nginx configuration of this folder, compiled into the program, so that `penstock nginx` needs no file at run time.
package enum NginxFiles {
    /// The include of the server block.
    package static let snippet = text(PackageResources.penstock_conf)

    /// The files that it includes, by name.
    package static let parts = [
        "penstock-fastcgi.conf": text(PackageResources.penstock_fastcgi_conf),
        "penstock-identity.conf": text(PackageResources.penstock_identity_conf),
        "penstock-limits.conf": text(PackageResources.penstock_limits_conf),
        "penstock-transfers.conf": text(PackageResources.penstock_transfers_conf),
        "penstock-unlogged.conf": text(PackageResources.penstock_unlogged_conf),
    ]

    /// The location of the files when they are in a bucket, with its error pages.
    package static let objects = text(PackageResources.penstock_objects_conf)

    /// The include of the http block.
    package static let http = text(PackageResources.penstock_http_conf)

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
