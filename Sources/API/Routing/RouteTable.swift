import HTTP

/// The endpoints of all surfaces by their paths.
struct RouteTable: Sendable {
    /// Everything that is served under one path.
    struct Route: Sendable {
        let path: PathTemplate
        fileprivate(set) var endpoints: [Method: Endpoint]

        var methods: Set<Method> { Set(endpoints.keys) }
    }

    /// By the number of segments; of two that match, the one with fewer parameters stands first.
    private let routes: [Int: [Route]]

    init(_ surfaces: [Surface]) {
        var routes: [Route] = []
        for endpoint in surfaces.flatMap(\.endpoints) {
            if let known = routes.firstIndex(where: { $0.path.description == endpoint.path.description }) {
                routes[known].endpoints[endpoint.method] = endpoint
            } else {
                routes.append(Route(path: endpoint.path, endpoints: [endpoint.method: endpoint]))
            }
        }
        self.routes = Dictionary(grouping: routes, by: \.path.count).mapValues {
            $0.sorted { $0.path.parameterCount < $1.path.parameterCount }
        }
    }

    /// - Parameter segments: the decoded path between its slashes.
    /// - Returns: nil where nothing is served.
    func route(_ segments: [String]) -> Route? {
        routes[segments.count]?.first { $0.path.matches(segments) }
    }
}
