/// What a test asks of a service, whether it runs behind nginx (`Stage`) or in this process (`InProcessService`): one
/// test body runs at both depths.
package protocol ServiceUnderTest: Sendable {
    /// The credentials and tenants of the demo, `PENSTOCK_…`.
    var variables: [String: String] { get }
    /// What the service is configured with, `PENSTOCK_…`.
    var settings: [String: String] { get }
    /// The folder with `keys/`.
    var state: String { get }

    func api(_ credential: Credential) -> any APIClient
    /// The one value of a query on the service's own tables; nil for NULL.
    func jobsValue(_ sql: String) throws -> String?
}

extension ServiceUnderTest {
    /// As the demo's user with both permissions.
    package var api: any APIClient { api(.bearer(self["TOKEN"])) }

    package subscript(name: String) -> String { variables["PENSTOCK_\(name)"] ?? "" }

    package var tenant: String { self["TENANT"] }
    package var otherTenant: String { self["OTHER_TENANT"] }

    /// Runs a command of the program with this service's configuration.
    package func penstock(_ arguments: String..., input: [UInt8] = [], within seconds: Double = 60) throws
        -> Shell.Outcome
    {
        try penstock(arguments, input: input, within: seconds)
    }

    package func penstock(_ arguments: [String], input: [UInt8] = [], within seconds: Double = 60) throws
        -> Shell.Outcome
    {
        try Shell.run([TestRun.program] + arguments, environment: settings, input: input, within: seconds)
    }
}

/// How far a test body goes to reach the service.
package enum Depth: String, CaseIterable, Sendable {
    case inProcess
    case throughNginx

    /// The service of all tests of this depth that leave it as it was.
    package var shared: any ServiceUnderTest {
        get throws {
            switch self {
            case .inProcess: try InProcessService.shared
            case .throughNginx: try Stage.shared
            }
        }
    }
}
