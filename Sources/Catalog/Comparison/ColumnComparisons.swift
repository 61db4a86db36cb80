import Postgres

/// A column of the database.
package struct ColumnPlace: Hashable, Sendable {
    package let table: TableName
    package let column: String

    package init(_ table: TableName, _ column: String) {
        self.table = table
        self.column = column
    }
}

/// How the columns that some statements compare are compared. Read from the database that runs the statements, shortly
/// before: a type may be altered at any time.
package struct ColumnComparisons: Equatable, Sendable {
    private var columns: [ColumnPlace: ColumnComparison]

    init(_ columns: [ColumnPlace: ColumnComparison]) {
        self.columns = columns
    }

    /// Of columns that were not looked up: for statements that are compiled to see whether they can be, and not run.
    package static let assumed = ColumnComparisons([:])

    /// A column that is not there is compared in some way; the statement's own failure tells better.
    package subscript(table: TableName, column: String) -> ColumnComparison {
        columns[ColumnPlace(table, column)] ?? .assumed
    }
}

extension Report {
    /// Every column that the statements of a request compare or sort by.
    package func comparedColumns(by request: ExportRequest) -> Set<ColumnPlace> {
        var places = Set(columnsOfCallers)
        places.formUnion(uniqueKey.columns.map { ColumnPlace(table, $0) })
        func add(_ column: String?) {
            if let column { places.insert(ColumnPlace(table, column)) }
        }
        if request.dateRange != nil { add(dateField?.column) }
        if !request.statuses.isEmpty { add(statuses?.column) }
        if let selection = request.scope { add(scope(selection.type)?.column) }
        if request.filterFile != nil { add(filterColumn?.column) }
        for term in request.sort.isEmpty ? sort : request.sort { add(sortColumn(term.field)) }
        for field in request.relationFields {
            guard case .referenceValue(let name, _) = field.output, let relation = relation(name) else { continue }
            add(column(field.field)?.column)
            places.formUnion(relation.comparedColumns)
        }
        return places
    }
}

extension RelationTarget {
    var comparedColumns: [ColumnPlace] {
        var places = [key, tenantColumn].compactMap { $0.map { ColumnPlace(table, $0) } }
        for nested in nested {
            places.append(ColumnPlace(table, nested.column))
            places += [nested.key, nested.tenantColumn].compactMap { $0.map { ColumnPlace(nested.table, $0) } }
        }
        return places
    }
}
