/// A member of a request that belongs to formats: its name, the values it takes and the one it has when it is left out.
/// Formats that share an option (gzip) share its description.
package struct FormatOption: Sendable {
    package let name: String
    package let shape: Shape

    package indirect enum Shape: Sendable {
        case flag(default: Bool)
        case choice([String], default: String)
        /// Left out when it is not given.
        /// - complaint: the error for another text, after the member's name.
        case text([String], complaint: String)
        case object([FormatOption])
    }

    package init(_ name: String, _ shape: Shape) {
        self.name = name
        self.shape = shape
    }

    /// `compression`: whether the whole file is compressed with gzip.
    package static let compression = FormatOption("compression", .choice(["none", "gzip"], default: "none"))
}
