import Posix
import Postgres
import SQLText
import Support
import Testing

/// A connection against a real server.
@Suite(.waits) struct ConnectionTests {
    /// Of the role that owns it, which may make temporary tables.
    private static let database = Result { try TemplateDatabase(.jobs) }

    private func connect() throws -> Connection {
        try Connection(try Self.database.get().url, applicationName: "tests")
    }

    /// Texts that a literal, an array or a bind would get wrong by hand.
    private static let texts = [
        "", "it's", "\"", "\\", "\\'", "$1", "{a,b}", "NULL", "é€😀", "a\tb\nc", "%s", "/*", "--",
    ]

    @Test func `a value comes back as it went, as a bind, as a literal and in an array`() throws {
        let connection = try connect()
        for text in Self.texts {
            #expect(try connection.query("select \(bind: text)::text as t").first?.string("t") == text)
            let literal = try connection.literalText("select \(bind: text)::text as t")
            #expect(try connection.run(SQL(unsafeText: literal), "literal").first?.string("t") == text)
        }
        #expect(try connection.query("select \(bind: Self.texts)::text[] as t").first?.strings("t") == Self.texts)
        let null = try connection.query("select \(bind: nil as String?)::text as t").first
        #expect(null != nil && null?.string("t") == nil)
    }

    @Test func `a name is quoted as the server quotes it`() throws {
        let connection = try connect()
        for name in ["a", "A b", "na\"me", "é", "select"] {
            let row = try connection.query("select 1 as \(identifier: name)").first
            #expect(row?.integer(name) == 1)
        }
    }

    @Test func `rows are read by name and by position, and count`() throws {
        let rows = try connect().query("select n, n % 2 = 0 as even from generate_series(1, 3) as n", preparing: true)
        #expect(rows.all.map { $0.integer("n") } == [1, 2, 3])
        #expect(rows.all.map { $0.boolean("even") } == [false, true, false])
        #expect(rows.count == 3 && rows.columnCount == 2 && rows[2].string(at: 0) == "3")
        #expect(rows.first?.string("nobody") == nil)
    }

    @Test func `a statement that is lost on its way is given up, although the server lives`() throws {
        let url = try Self.database.get().url
        let sockets = url.split(separator: "host=").last.map(String.init) ?? ""
        let port = try connect().query("show port").first?.string("port") ?? ""
        let folder = "\(TestRun.folder)/lost-\(UInt32.random(in: 0 ... .max))"
        try File.makeFolders(folder)
        let proxy = try Proxy("\(folder)/.s.PGSQL.\(port)", to: "\(sockets)/.s.PGSQL.\(port)")
        defer { proxy.stop() }
        let connection = try Connection(
            url.replacing("host=\(sockets)", with: "host=\(folder)"), applicationName: "tests")
        proxy.lose("select 'never arrives'")
        let error = #expect(throws: PostgresError.self) { try connection.query("select 'never arrives' as t") }
        #expect(error?.debugDescription.contains("no statement of this session") == true)
        #expect(!connection.isUsable)
    }

    @Test func `an error has the server's state for the log and nothing of the statement for a client`() throws {
        let connection = try connect()
        let error = #expect(throws: PostgresError.self) {
            try connection.query("select * from no_such_table", "look", preparing: true)
        }
        #expect(error?.sqlState == "42P01" && error?.operation == "look" && error?.isTransient == false)
        #expect(error?.description.contains("no_such_table") == false)
        #expect(error?.debugDescription.contains("no_such_table") == true)
        // The session goes on.
        #expect(connection.isUsable)
        #expect(try connection.query("select 1 as one").first?.integer("one") == 1)
    }

    @Test func `a transaction commits as a whole or not at all`() throws {
        let connection = try connect()
        try connection.execute("create temporary table t (n int)")
        #expect(try connection.transaction { try connection.query("insert into t values (1), (2)").affected } == 2)
        #expect(throws: PostgresError.self) {
            try connection.transaction {
                #expect(try connection.query("insert into t values (3)").affected == 1)
                #expect(connection.isInTransaction)
                try connection.query("select 1 / 0")
            }
        }
        #expect(!connection.isInTransaction)
        #expect(try connection.query("select count(*) as n from t").first?.integer("n") == 2)
    }

    @Test func `a prepared statement outlives a change of its table`() throws {
        let connection = try connect()
        try connection.execute("create temporary table t as select 1 as a")
        for _ in 0..<2 { #expect(try connection.query("select * from t", preparing: true).columnCount == 1) }
        try connection.execute("alter table t add b int")
        let rows = try connection.query("select * from t", preparing: true)
        #expect(rows.columnCount == 2 && rows.first?.integer("a") == 1)
    }

    @Test func `rows that are copied in come out again, with the server's count`() throws {
        let connection = try connect()
        try connection.execute("create temporary table t (n int)")
        let text = (0..<50_000).map { "\($0)\n" }.joined()
        let taken = try connection.copyIn("copy t from stdin") { send in
            try Array(text.utf8).withUnsafeBytes { bytes in try send(bytes) }
        }
        var copied: [UInt8] = []
        let given = try connection.copyOut("copy (select n from t order by n) to stdout", tick: {}) { copied += $0 }
        #expect(taken == 50_000 && given == 50_000)
        let isSame = copied == Array(text.utf8)
        #expect(isSame)
    }

    @Test func `a copy that is given up leaves no row`() throws {
        struct Enough: Error {}
        let connection = try connect()
        try connection.execute("create temporary table t (n int)")
        #expect(throws: Enough.self) {
            try connection.copyIn("copy t from stdin") { send in
                try Array("1\n2\n".utf8).withUnsafeBytes { bytes in try send(bytes) }
                throw Enough()
            }
        }
        #expect(try connection.query("select count(*) as n from t").first?.integer("n") == 0)
    }

    @Test func `a session that the server ends is lost, and another one is there`() throws {
        let database = try TemplateDatabase.sharedSource
        let connection = try connect()
        #expect(!connection.wasEnded)
        try database.psql("select pg_terminate_backend(\(connection.backendPID), 5000)")
        #expect(connection.wasEnded)
        let error = #expect(throws: PostgresError.self) { try connection.query("select 1") }
        #expect(error?.endsSession == true && error?.isTransient == true)
        #expect(try connect().query("select 1 as one").first?.integer("one") == 1)
    }

    @Test func `notifications come by channel and payload`() throws {
        let (listener, sender) = (try connect(), try connect())
        try listener.execute("listen house")
        try sender.query("select pg_notify('house', \(bind: "it's")), pg_notify('other', 'x')")
        var found: [Connection.Notification] = []
        #expect(
            try eventually {
                found += try listener.notifications()
                return !found.isEmpty
            })
        #expect(found.map(\.channel) == ["house"] && found.map(\.payload) == ["it's"])
    }

    @Test(arguments: ["host=/nowhere port=x", "sslmode=of", "postgresql://[", "nosuchoption=1"])
    func `a connection string that libpq does not understand is told apart from a server that is away`(
        _ conninfo: String
    ) {
        let error = #expect(throws: PostgresError.self) { try Connection(conninfo, applicationName: "tests") }
        #expect(error?.code == .invalidConnectionString)
        let away = #expect(throws: PostgresError.self) {
            try Connection("host=/nowhere dbname=x", applicationName: "tests")
        }
        #expect(away?.code == .connectionFailed && away?.isTransient == true)
    }
}
