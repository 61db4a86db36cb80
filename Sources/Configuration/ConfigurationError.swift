/// Settings that are missing or wrong; each line of the text says which, where, and how to mend it.
package struct ConfigurationError: Error, CustomStringConvertible {
    /// A text each, none twice.
    package let faults: [String]

    package var description: String { faults.joined(separator: "\n") }

    package init(_ description: String) {
        faults = [description]
    }

    static func missing(_ name: String, _ purpose: String) -> ConfigurationError {
        ConfigurationError("PENSTOCK_\(name) is not set (\(purpose))")
    }

    /// The faults of several steps, of which each goes on whatever the others have found: an operator is told all of
    /// them at once.
    package struct Collection {
        private var faults: [String] = []

        package init() {}

        /// - Returns: nil when the step has failed.
        package mutating func take<Value>(_ step: () throws(ConfigurationError) -> Value) -> Value? {
            do {
                return try step()
            } catch {
                add(error.faults)
                return nil
            }
        }

        /// One that is there already is left out: several settings may come from a missing one.
        package mutating func add(_ more: [String]) {
            for fault in more where !faults.contains(fault) { faults.append(fault) }
        }

        /// - Throws: all faults together, when there are any.
        package func check() throws(ConfigurationError) {
            if !faults.isEmpty { throw ConfigurationError(faults: faults) }
        }
    }

    private init(faults: [String]) {
        self.faults = faults
    }
}
