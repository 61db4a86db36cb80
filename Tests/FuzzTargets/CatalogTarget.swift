import Catalog

extension FuzzTarget {
    static let catalog = FuzzTarget("catalog") { bytes in
        let source = CatalogSource(path: "a.yaml", text: bytes.text)
        let (catalogs, faults) = CatalogLoader.load([source])
        try demand(catalogs.reports.isEmpty != faults.isEmpty, "neither a report nor a fault, or both")
        let lines = source.text.unicodeScalars.count { $0 == "\n" || $0 == "\r" || $0 == "\u{85}" } + 3
        for fault in faults {
            try demand(
                fault.position.line >= 1 && fault.position.line <= lines && fault.position.column >= 1,
                "a fault outside of the file: \(fault)")
        }
        let again = CatalogLoader.load([source])
        try demand(again.faults == faults, "other faults the second time")
        guard let report = catalogs.reports.first else { return }
        try demand(!report.columns.isEmpty && !report.module.isEmpty && !report.key.isEmpty, "an empty report")
        let twice = CatalogLoader.load([source, CatalogSource(path: "b.yaml", text: source.text)])
        try demand(twice.catalogs.reports.count == 1 && twice.faults.count == 1, "the same report twice")
    }
}
