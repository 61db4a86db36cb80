import Posix

// Queries by psql or libpq: a second opinion that shares no code with the service.
extension Stage {
    package enum Database: Sendable {
        /// The service's own tables.
        case jobs
        /// The tenants' data, as the reader that may change nothing.
        case source
        /// The tenants' data, as the superuser.
        case sourceOwner
        /// The service's own tables, as the superuser.
        case jobsOwner
    }

    package func url(_ database: Database) -> String {
        switch database {
        case .jobs: self["DATABASE_URL"]
        case .source: self["SOURCE_URL"]
        case .sourceOwner: self["SOURCE_URL"].replacingFirst("//penstock_reader@", "//postgres@")
        case .jobsOwner: self["DATABASE_URL"].replacingFirst("//penstock@", "//postgres@")
        }
    }

    /// What psql prints for a script, as bytes. Its statements are a transaction each.
    @discardableResult
    package func psql(_ sql: String, on database: Database = .jobs, options: [String] = []) throws -> [UInt8] {
        try Shell.output(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url(database)] + options + ["-f", "-"],
            input: Array(sql.utf8), within: 120)
    }

    /// The rows of a query, or of the last of several statements, which are one transaction; NULL is nil.
    @discardableResult
    package func rows(_ sql: String, on database: Database = .jobs) throws -> [[String?]] {
        try Query.rows(sql, at: url(database))
    }

    /// The one value of a query.
    package func value(_ sql: String, on database: Database = .jobs) throws -> String? {
        guard let row = try rows(sql, on: database).first, let value = row.first else {
            throw Unmet("no row: \(sql)")
        }
        return value
    }
}

extension String {
    func replacingFirst(_ old: String, _ new: String) -> String {
        guard let range = self.firstRange(of: old) else { return self }
        var result = self
        result.replaceSubrange(range, with: new)
        return result
    }
}

/// A parsed CSV text (RFC 4180), for small files; large ones are compared by python3.
package struct CSVText {
    package struct Field: Equatable, Sendable {
        package let text: String
        /// Tells an empty string from NULL.
        package let isQuoted: Bool
    }

    package let records: [[Field]]

    package init(_ bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ",")) {
        var records: [[Field]] = []
        var record: [Field] = []
        var at = 0
        while at < bytes.count {
            var field: [UInt8] = []
            let quoted = bytes[at] == 0x22
            if quoted {
                at += 1
                while at < bytes.count {
                    if bytes[at] == 0x22 {
                        at += 1
                        guard at < bytes.count, bytes[at] == 0x22 else { break }
                    }
                    field.append(bytes[at])
                    at += 1
                }
            } else {
                while at < bytes.count, bytes[at] != delimiter, bytes[at] != 0x0A, bytes[at] != 0x0D {
                    field.append(bytes[at])
                    at += 1
                }
            }
            record.append(Field(text: String(decoding: field, as: UTF8.self), isQuoted: quoted))
            if at < bytes.count, bytes[at] == delimiter {
                at += 1
                // A delimiter at the very end still begins a field.
                if at < bytes.count { continue }
                record.append(Field(text: "", isQuoted: false))
            }
            if at < bytes.count, bytes[at] == 0x0D { at += 1 }
            if at < bytes.count, bytes[at] == 0x0A { at += 1 }
            records.append(record)
            record = []
        }
        self.records = records
    }
}
