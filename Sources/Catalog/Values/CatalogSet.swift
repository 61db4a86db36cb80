/// Every report there is, in the order of the sorted files.
package struct CatalogSet: Equatable, Sendable {
    package let reports: [Report]

    /// `reports` have distinct (module, key) pairs.
    package init(_ reports: [Report] = []) {
        self.reports = reports
    }

    package func reports(module: String) -> [Report] {
        reports.filter { $0.module == module }
    }

    package func report(module: String, key: String) -> Report? {
        reports.first { $0.module == module && $0.key == key }
    }
}
