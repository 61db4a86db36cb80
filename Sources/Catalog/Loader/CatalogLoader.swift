/// A catalog file: its path, as faults will name it, and its text.
package struct CatalogSource: Equatable, Sendable {
    package let path: String
    package let text: String

    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// Reads catalog files into reports. Pure; `CatalogFolder` reads the disk.
package enum CatalogLoader {
    /// The reports of the files that have no fault, and the faults of the others, in the order of the files and of
    /// their lines. A service refuses to start with any fault: a catalog left out is a report that a user misses.
    package static func load(_ sources: [CatalogSource]) -> (catalogs: CatalogSet, faults: [CatalogFault]) {
        var reports: [Report] = []
        var faults: [CatalogFault] = []
        for source in sources {
            let log = FaultLog(file: source.path)
            if let report = read(source.text, log: log) {
                if let first = reports.first(where: { $0.module == report.module && $0.key == report.key }) {
                    log.add(
                        "the catalog '\(report.key)' of module '\(report.module)'"
                            + " is declared in \(first.source.file) already",
                        at: report.source.position(of: "key"))
                } else {
                    reports.append(report)
                }
            }
            faults += log.faults.sorted { $0.position < $1.position }
        }
        return (CatalogSet(reports), faults)
    }

    private static func read(_ text: String, log: FaultLog) -> Report? {
        guard let document = YAMLDocument(text, log: log) else { return nil }
        return Report(reading: YAMLValue(node: document.root, path: "", document: document, log: log))
    }
}
