/// Whose row a row is. Every statement compares it with the caller's tenant.
package enum Tenancy: Equatable, Sendable {
    /// A column of the report's own table says so.
    case column(KeyColumn)
    /// All rows are this tenant's, and no other tenant has exports of them.
    case constant(String)
    /// A column of the row that a column leads to says so. A row that leads nowhere is nobody's.
    case related(RelatedTenant)

    package var type: KeyType {
        switch self {
        case .column(let column): column.type
        case .constant: .text
        case .related(let related): related.tenant.type
        }
    }

    /// The column of the report's own table that holds the tenant.
    package var column: String? {
        if case .column(let column) = self { column.column } else { nil }
    }
}

/// The row by which a row belongs to its tenant: an order's, for the lines of the order.
package struct RelatedTenant: Equatable, Sendable {
    /// The column of the report's table that leads there.
    package let pointer: String
    package let table: TableName
    /// Unique, so that a row belongs to one tenant.
    package let key: String
    package let tenant: KeyColumn

    package init(pointer: String, table: TableName, key: String, tenant: KeyColumn) {
        self.pointer = pointer
        self.table = table
        self.key = key
        self.tenant = tenant
    }
}
