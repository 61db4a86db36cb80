import Configuration

/// Bytes of the largest bodies that are read.
package enum BodyLimits {
    package static let json = 1 << 20

    /// The list of keys, the request beside it, and the lines between the parts of the form.
    package static func withFilterFile(_ configuration: Configuration) -> Int { configuration.filterFileBytes + json }
}
