/// The facts of the live database about one table from which a first catalog can be guessed.
/// `TableSurvey+inspecting.swift` reads them.
package struct TableSurvey: Equatable, Sendable {
    /// With its schema.
    package var name: TableName
    package var database: String
    package var facts: TableFacts
    package var comment: String?
    /// By column.
    package var columnComments: [String: String]
    /// In the key's order; empty without one.
    package var primaryKey: [String]
    package var foreignKeys: [ForeignKeyFacts]
    /// Whether the foreign keys are guessed from the columns' names: those of the tables that a view reads.
    package var hasBorrowedKeys: Bool
    /// The settings that its row-level security reads, such as `app.tenant`, where this role is held by it.
    package var policySettings: [String]
    /// The values of text columns that hold few different ones, as the planner's statistics know them.
    package var commonValues: [String: [String]]

    package init(
        name: TableName, database: String, facts: TableFacts, comment: String? = nil,
        columnComments: [String: String] = [:], primaryKey: [String] = [], foreignKeys: [ForeignKeyFacts] = [],
        hasBorrowedKeys: Bool = false, policySettings: [String] = [], commonValues: [String: [String]] = [:]
    ) {
        self.name = name
        self.database = database
        self.facts = facts
        self.comment = comment
        self.columnComments = columnComments
        self.primaryKey = primaryKey
        self.foreignKeys = foreignKeys
        self.hasBorrowedKeys = hasBorrowedKeys
        self.policySettings = policySettings
        self.commonValues = commonValues
    }

    /// Whether rows can be found by this column as a tenant's.
    package func canHoldTenant(_ column: String) -> Bool {
        facts.column(column).flatMap { KeyType($0.type) } != nil
    }

    /// The columns that an index begins with, or goes on with after the tenant.
    func narrowed(by tenant: String?) -> Set<String> {
        Set(facts.indexes.compactMap { $0.first == tenant && tenant != nil ? $0.dropFirst().first : $0.first })
    }
}

/// A foreign key and the table at its other end.
package struct ForeignKeyFacts: Equatable, Sendable {
    package var columns: [String]
    package var target: TableName
    /// Those that `columns` are compared with, in the same order.
    package var targetColumns: [String]
    package var targetFacts: TableFacts
    /// The target's own foreign keys. Theirs are not followed any further.
    package var onward: [ForeignKeyFacts]

    package init(
        columns: [String], target: TableName, targetColumns: [String], targetFacts: TableFacts,
        onward: [ForeignKeyFacts] = []
    ) {
        self.columns = columns
        self.target = target
        self.targetColumns = targetColumns
        self.targetFacts = targetFacts
        self.onward = onward
    }

    /// The one column that points and the one it is compared with, once the tenant columns are taken off. Nil when
    /// more remain: a relation compares one column.
    func link(tenant: String?) -> (column: String, key: String, targetTenant: String?)? {
        let pairs = Array(zip(columns, targetColumns))
        let rest = pairs.filter { $0.0 != tenant }
        guard rest.count == 1, let pair = rest.first else { return nil }
        return (pair.0, pair.1, pairs.first { $0.0 == tenant }?.1)
    }
}
