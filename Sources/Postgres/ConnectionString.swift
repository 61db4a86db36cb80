import CPostgres
import Coding

/// The parameters of a libpq connection string, to write another one like it.
package struct ConnectionString: Equatable, Sendable {
    /// libpq's keywords that the text sets.
    private var options: [String: String] = [:]

    /// - Throws: `PostgresError` for a text that is neither a PostgreSQL URI nor a list of keywords and values.
    package init(_ text: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let found = PQconninfoParse(text, &message) else {
            defer { PQfreemem(message) }
            throw PostgresError(
                .invalidConnectionString, operation: "connect",
                detail: message.map { String(cString: $0) } ?? "out of memory")
        }
        defer { PQconninfoFree(found) }
        var option = found
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
    }

    /// What is wrong with a text that libpq would take for the name of a database, and that means something else: an
    /// address of another kind of server, or one without its scheme. Nil where nothing is.
    static func slip(_ text: String) -> String? {
        if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") { return nil }
        let scheme = text.prefix { $0.isASCII && $0.isLetter }
        let hasScheme = !scheme.isEmpty && text.dropFirst(scheme.count).hasPrefix(":/")
        guard hasScheme || !text.contains("=") && (text.contains("/") || text.contains(":")) else { return nil }
        // The rest is not shown: it may hold a password.
        let found = hasScheme ? "it begins with '\(scheme):/'" : "it is no URI"
        return "\(found); postgresql://user@host/database is wanted, or libpq's keywords (host=… dbname=…)"
    }

    package subscript(keyword: String) -> String? {
        get { options[keyword] }
        set { options[keyword] = newValue }
    }

    /// As a URI, its parameters in the query where they need not be in its head.
    package var uri: String {
        var rest = options
        let name = rest.removeValue(forKey: "dbname") ?? ""
        let user = rest.removeValue(forKey: "user").map { "\(PercentCoding.encode($0))@" } ?? ""
        var place = ""
        // A folder of sockets, several hosts and an address in brackets are parameters.
        if let host = rest["host"], !host.isEmpty, host.utf8.allSatisfy(isPlain),
            rest["port"]?.utf8.allSatisfy(isPlain) != false
        {
            place = host + (rest.removeValue(forKey: "port").map { ":\($0)" } ?? "")
            rest["host"] = nil
        }
        let query = rest.sorted { $0.key < $1.key }.map { "\($0.key)=\(PercentCoding.encode($0.value))" }
        return "postgresql://\(user)\(place)/\(PercentCoding.encode(name))"
            + (query.isEmpty ? "" : "?\(query.joined(separator: "&"))")
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
