import Postgres
import SQLText

/// The catalogs of many tables at once: a file for each. One that a service could not use as it is gets a name that no
/// service reads.
package struct SchemaDraft: Sendable {
    package struct File: Equatable, Sendable {
        package let table: TableName
        /// Below the folder of catalogs.
        package let path: String
        package let text: String
        /// Why it cannot be used as it is; empty when it can.
        package let obstacles: [String]
        /// Whose rows they are; nil when that could not be guessed.
        package let tenant: Tenancy?
    }

    package private(set) var files: [File] = []
    private var keys: Set<String> = []
    private var paths: Set<String> = []

    /// - Parameters:
    ///   - names: with their schemas.
    ///   - hasFolders: whether each schema gets a folder of its own.
    /// - Throws: `PostgresError`.
    package init(
        of names: [TableName], choices: CatalogDraft.Choices, hasFolders: Bool, on connection: Connection
    ) throws(PostgresError) {
        for name in names { try add(name, choices, hasFolders: hasFolders, on: connection) }
    }

    private mutating func add(
        _ name: TableName, _ choices: CatalogDraft.Choices, hasFolders: Bool, on connection: Connection
    ) throws(PostgresError) {
        // It may have been dropped since the list was made.
        guard let survey = try TableSurvey.of(name, on: connection) else { return }
        var draft = CatalogDraft(of: survey, choices: choices)
        // Two names may differ in signs alone that a key cannot have.
        draft.key = Names.free(draft.key, in: keys.compactMap { Self.key($0, in: draft.module) })
        keys.insert("\(draft.module)/\(draft.key)")
        let obstacles = try Self.obstacles(to: draft, of: survey, on: connection)
        let folder = hasFolders ? "\(Names.slug(name.schema ?? "public", separator: "-"))/" : ""
        let stem = "\(folder)\(draft.key)"
        let path = Names.free(stem, in: paths)
        paths.insert(path)
        let head =
            obstacles.flatMap { YAMLText.comment("Not usable yet: \($0).") }
            + (obstacles.isEmpty ? [] : ["# When that is mended, take `.todo` off the file's name."])
        files.append(
            File(
                table: survey.name, path: "\(path).yaml\(obstacles.isEmpty ? "" : ".todo")",
                text: head.map { "\($0)\n" }.joined() + draft.yaml, obstacles: obstacles, tenant: draft.tenant))
    }

    /// A tenant that has rows, read from the data; the tenant of all rows, where one is. Nil when there is none.
    /// - Throws: `PostgresError`.
    package func firstTenant(on connection: Connection) throws(PostgresError) -> String? {
        for file in files where file.obstacles.isEmpty {
            switch file.tenant {
            case .constant(let tenant): return tenant
            case .column(let column):
                let name: SQL = "t.\(identifier: column.column)"
                let row = try connection.query(
                    "select \(name)::text from \(file.table.sql) t where \(name) is not null limit 1", "find a tenant"
                ).first
                if let tenant = row?.string(at: 0) { return tenant }
            case .related, nil: continue
            }
        }
        return nil
    }

    private static func key(_ known: String, in module: String) -> String? {
        known.hasPrefix("\(module)/") ? String(known.dropFirst(module.utf8.count + 1)) : nil
    }

    /// Asks the loader and the checker, as the service will.
    private static func obstacles(
        to draft: CatalogDraft, of survey: TableSurvey, on connection: Connection
    ) throws(PostgresError) -> [String] {
        guard survey.facts.isSchemaUsable else { return ["the database role may not use the schema of \(survey.name)"] }
        if survey.facts.columns.allSatisfy({ !$0.isReadable }) {
            return ["the database role may not select from \(survey.name)"]
        }
        guard !draft.columns.isEmpty else { return ["\(survey.name) has no column that could be exported"] }
        var reasons = draft.missing
        if !survey.policySettings.isEmpty {
            reasons.append("row-level security reads a setting that exports do not set")
        }
        guard reasons.isEmpty else { return reasons }
        let (catalogs, faults) = CatalogLoader.load([CatalogSource(path: "", text: draft.yaml)])
        let found = try faults + CatalogChecker.faults(in: catalogs, against: connection)
        return found.filter { $0.severity == .error }.map(\.message)
    }
}
