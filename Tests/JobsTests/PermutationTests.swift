import Support
import Testing

/// The queue's functions in all orders in which two to four sessions can call them, also while one waits for another's
/// lock: by PostgreSQL's isolationtester. After each order a verdict is made of the rows and of the callers' answers
/// (`Tests/Isolation/prelude.sql`).
@Suite(.waits) struct PermutationTests {
    private static let folder = "\(TestRun.source)/Tests/Isolation"
    private let database: TemplateDatabase

    init() throws {
        database = try TemplateDatabase(.jobs)
        try database.psql("set role penstock; \\i \(Self.folder)/prelude.sql")
    }

    @Test(arguments: [("claim", 60), ("end", 60), ("lease", 60), ("retry", 30), ("reconnect", 60), ("remove", 12)])
    func `F5, F45 a claim has one holder and one end in every order`(spec: String, orders: Int) throws {
        let verdicts = try verdicts(of: spec)
        #expect(verdicts.count == orders)
        #expect(verdicts.filter { $0.verdict != "holds" }.map { "\($0.order): \($0.verdict)" } == [])
    }

    /// The rules are such that a guard less is noticed.
    @Test(arguments: [
        ("lease", "finish_job", "claim_token = token"), ("retry", "retry_job", "claim_token = token"),
        ("reconnect", "finish_job", "claim_token = token"), ("end", "cancel_job", "is_open(state)"),
        ("remove", "remove_job", "not is_open(j.state)"),
    ])
    func `a function without one of its guards breaks a rule`(spec: String, function: String, guarding: String) throws {
        let body = try #require(try database.rows("select pg_get_functiondef('\(function)'::regproc)").first?.first)
        // A claim that is lost looks like the one that is held, when only the state is asked for.
        let weaker = try #require(body).replacing(
            guarding, with: guarding == "claim_token = token" ? "state = 'processing'" : "true")
        #expect(weaker != body)
        try database.psql("\(weaker);")
        #expect(try verdicts(of: spec).contains { $0.verdict != "holds" })
    }

    /// Runs a spec: each order of its steps, and what the verdict was.
    private func verdicts(of spec: String) throws -> [(order: String, verdict: String)] {
        let program = try Shell.output([
            "bash", "-c", "ls /usr/lib/postgresql/*/lib/pgxs/src/test/isolation/isolationtester | sort -V | tail -1",
        ])
        let tester = String(decoding: program, as: UTF8.self).split(separator: "\n").map(String.init)
        let text = try Shell.output(["cat", "\(Self.folder)/\(spec).spec"])
        let output = try Shell.output([try #require(tester.first), database.url], input: text, within: 120)
        var orders: [(order: String, verdict: String)] = []
        var isVerdict = false
        for line in String(decoding: output, as: UTF8.self).split(separator: "\n").map({ $0.trimmedBlanks }) {
            if line.hasPrefix("starting permutation: ") {
                orders.append((String(line.dropFirst(22)), "the order was not brought to its end"))
            } else if line.hasPrefix("ERROR:"), let last = orders.indices.last {
                orders[last].verdict = line
            } else if isVerdict, !line.hasPrefix("---"), let last = orders.indices.last {
                if !orders[last].verdict.hasPrefix("ERROR:") { orders[last].verdict = line }
                isVerdict = false
            } else if line == "verdict" {
                isVerdict = true
            }
        }
        return orders
    }
}

extension Substring {
    fileprivate var trimmedBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
