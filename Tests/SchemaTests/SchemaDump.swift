import Support

/// A database's schema as text.
enum SchemaDump {
    /// By the server's own pg_dump, without what differs from one version of it to the next: its settings, its own name
    /// and the key of \restrict. PostgreSQL 15, 17 and 18 then say the same.
    static func text(of database: TemplateDatabase) throws -> String {
        let programs = try database.psql("select setting from pg_config where name = 'BINDIR'").dropLast()
        let command = [
            "\(programs)/pg_dump", "--schema-only", "--no-owner", "--no-privileges", "-d", database.ownerURL,
        ]
        var text =
            "-- Written by `make schema`: what the migrations and functions of this folder make. Not to be edited.\n"
        var wasBlank = false
        for line in String(decoding: try Shell.output(command), as: UTF8.self)
            .replacing("public.", with: "").split(separator: "\n", omittingEmptySubsequences: false)
        {
            if ["--", "\\", "SET ", "SELECT pg_catalog.set_config("].contains(where: line.hasPrefix) { continue }
            if line.isEmpty, wasBlank { continue }
            wasBlank = line.isEmpty
            text += line + "\n"
        }
        return text.trimmingSuffix("\n") + "\n"
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> Substring {
        var rest = self[...]
        while rest.last == character { rest.removeLast() }
        return rest
    }
}
