/// A setting that is missing or wrong; the text says which, where, and how to mend it.
package struct ConfigurationError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    static func missing(_ name: String, _ purpose: String) -> ConfigurationError {
        ConfigurationError("PENSTOCK_\(name) is not set (\(purpose))")
    }
}
