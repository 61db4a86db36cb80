/// Every report there is, in the order of the sorted files.
package struct CatalogSet: Equatable, Sendable {
    package let reports: [Report]
    /// Whether callers see the reports differently.
    package let isGuarded: Bool

    /// `reports` have distinct (module, key) pairs.
    package init(_ reports: [Report] = []) {
        self.reports = reports
        isGuarded = reports.contains(where: \.isGuarded)
    }

    package func reports(module: String) -> [Report] {
        reports.filter { $0.module == module }
    }

    package func report(module: String, key: String) -> Report? {
        reports.first { $0.module == module && $0.key == key }
    }
}
