import CPostgres

extension Connection {
    /// Where it leads to, for people: `the database shop at db.example.com:5432, as reader`. Without the password, and
    /// by what has been reached: a connection string may leave all of it out.
    package var place: String {
        func text(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
        let host = text(PQhost(handle))
        let port = text(PQport(handle))
        let isAddress = host.contains(":")
        return "the database \(text(PQdb(handle))) at \(isAddress ? "[\(host)]" : host):\(port), as "
            + text(PQuser(handle))
    }
}
