import Support
import Testing

/// The model of an export's life (docs/model.md), and logs held against it.
@Suite(.waits) struct ModelTests {
    private static let folder = "\(TestRun.source)/Tests/Model"

    @Test func `the model holds, and each of its variants without a part of the protocol does not`() throws {
        let outcome = try Shell.run(["\(Self.folder)/check", "SMALL"], within: 120)
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errorText)")
        for variant in ["NO_TOKEN", "AGE_RULE", "LATE_NAME", "NO_SYNC"] {
            #expect(outcome.text.contains("\(variant): breaks"), "\(outcome.text)")
        }
    }

    private static let claims = [
        line("create", nil, "pending"), line("claim", "t1", "processing"), line("recover", "t1", "pending"),
        line("claim", "t2", "processing"), line("publish", "t1", nil), line("late", "t1", nil),
        line("publish", "t2", nil),
    ]

    @Test(arguments: [
        claims + [line("finish", "t2", "ready"), line("expire", nil, "expired")],
        claims + [line("cancel", nil, "cancelled"), line("late", "t2", nil)],
        claims + [line("wait", "t2", "pending"), line("claim", "t3", "processing"), line("fail", "t3", "failed")],
        // The commit of the second claim is lost.
        claims.dropLast(3) + [
            line("failover", nil, nil), line("claim", "t3", "processing"), line("retry", "t3", "pending"),
        ],
    ])
    func `what the protocol does is a path of the model`(log: [String]) throws {
        let outcome = try replay(log)
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errorText)")
    }

    @Test(arguments: [
        claims + [line("finish", "t1", "ready")], claims.dropLast() + [line("finish", "t2", "ready")],
        claims + [line("claim", "t3", "processing")],
        claims + [line("finish", "t2", "ready"), line("retry", "t2", "pending")],
        claims + [line("recover", "t2", "pending"), line("claim", "t1", "processing")],
        claims + [line("recover", "t2", "pending"), line("finish", "t2", "ready")],
        claims + [line("finish", "t2", "failed")],
        claims + [line("publish", "t4", nil)], [line("finish", "t1", "ready")], claims + [line("late", "t2", nil)],
    ])
    func `what it must not do is none`(log: [String]) throws {
        let outcome = try replay(log)
        #expect(outcome.status == 1 && outcome.text.contains(" 1 steps that"), "\(outcome.text)\(outcome.errorText)")
    }

    private static func line(_ event: String, _ token: String?, _ state: String?) -> String {
        func value(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
        let job = event == "failover" ? "null" : "\"j\""
        return #"{"t":0,"job":\#(job),"event":"\#(event)","host":"h","token":\#(value(token)),"#
            + #""attempt":1,"state":\#(value(state))}"#
    }

    private func replay(_ log: [String]) throws -> Shell.Outcome {
        try Shell.run(
            ["python3", "\(Self.folder)/replay", "/dev/stdin"], input: Array(log.joined(separator: "\n").utf8))
    }
}
