import Posix
import Testing
import Time

@testable import Service
@testable import Webhooks

@Suite struct WebhookMachineTests {
    private static func message(_ tenant: String = "acme", attempt: Int = 1) -> WebhookTable.Message {
        WebhookTable.Message(
            id: .version4(), job: .version4(), tenant: tenant, event: "export.ready",
            happenedAt: Timestamp(microseconds: 0), payload: "{}", attempt: attempt, url: "https://example.com/",
            secrets: [])
    }

    private static func machine() -> WebhookMachine { WebhookMachine(RetryDelay(first: 5, attempts: 3)) }

    private static func outcome(_ status: Int?, retryAfter: Int? = nil) -> DeliveryOutcome {
        DeliveryOutcome(status: status, failure: status == 200 ? nil : "no", retryAfter: retryAfter)
    }

    /// How the first settlement ends, and the seconds after which its message is tried again.
    private static func ending(_ machine: WebhookMachine) -> (name: String, retry: Int?)? {
        machine.settlements.first.map {
            switch $0.ending {
            case .delivered: ("delivered", nil)
            case .gone: ("gone", nil)
            case .released: ("released", nil)
            case .failed(_, _, let retry): ("failed", retry)
            }
        }
    }

    @Test(arguments: [(1, 5), (2, 20), (3, nil)] as [(Int, Int?)])
    func `a message that did not arrive is tried again later and later, and given up at last`(
        attempt: Int, retry: Int?
    ) {
        var machine = Self.machine()
        let message = Self.message(attempt: attempt)
        machine.sent(message)
        machine.answered(message, Self.outcome(500), chance: 0)
        let ending = Self.ending(machine)
        #expect(ending?.name == "failed" && ending?.retry == retry)
    }

    @Test func `an answer of 2xx delivers, 410 ends the endpoint, and Retry-After is obeyed`() {
        var seen: [String] = []
        for outcome in [
            Self.outcome(200), Self.outcome(299), Self.outcome(410), Self.outcome(nil),
            Self.outcome(503, retryAfter: 90),
        ] {
            var machine = Self.machine()
            machine.sent(Self.message())
            machine.answered(Self.message(), outcome, chance: 0)
            if let (name, retry) = Self.ending(machine) { seen.append("\(name) \(retry ?? 0)") }
        }
        #expect(seen == ["delivered 0", "delivered 0", "gone 0", "failed 5", "failed 90"])
    }

    @Test func `a message that was claimed and not tried is given back`() {
        var machine = Self.machine()
        machine.putBack(Self.message())
        #expect(Self.ending(machine)?.name == "released" && machine.count == 0)
    }

    @Test func `a tenant with four messages under way is left out until one of them is over`() {
        var machine = Self.machine()
        let messages = (0..<4).map { _ in Self.message() }
        for message in messages { machine.sent(message) }
        machine.sent(Self.message("other"))
        let full = machine.claim(at: 0)
        #expect(full == WebhookMachine.Room(messages: 27, busy: ["acme"]))
        machine.answered(messages[0], Self.outcome(200))
        let after = machine.claim(at: 0)
        #expect(after == WebhookMachine.Room(messages: 28, busy: []))
    }

    @Test func `with thirty-two under way nothing is claimed, and the process does not spin`() {
        var machine = Self.machine()
        let messages = (0..<32).map { Self.message("tenant \($0)") }
        let room = machine.claim(at: 0)
        for message in messages { machine.sent(message) }
        machine.claimed(32, next: nil, room ?? .init(messages: 0, busy: []), at: 0)
        let more = machine.claim(at: 1)
        #expect(more == nil && machine.count == 32)
        #expect(machine.due(.working, retryAt: 0, at: 1) == 10_001)
        machine.answered(messages[5], Self.outcome(200))
        machine.settled()
        let again = machine.claim(at: 2)
        #expect(again?.messages == 1)
    }

    @Test
    func `the next claim comes when a message is due, at once after a notification, and in ten seconds at the latest`()
    {
        var machine = Self.machine()
        var times: [Int64] = []
        for next in [nil, 3_000, 60_000, 0] as [Int64?] {
            machine.notified()
            guard let room = machine.claim(at: 1_000) else {
                Issue.record("nothing is claimed")
                continue
            }
            machine.claimed(0, next: next, room, at: 1_000)
            times.append(machine.due(.working, retryAt: 0, at: 1_000))
        }
        #expect(times == [11_000, 4_000, 11_000, 1_100])
    }

    @Test func `while the queue is away results are kept, and tried no sooner than it allows`() {
        var machine = Self.machine()
        machine.sent(Self.message())
        machine.answered(Self.message(), Self.outcome(200))
        #expect(machine.due(.working, retryAt: 9_000, at: 1_000) == 9_000)
        machine.claimFailed(retryAt: 0, at: 1_000)
        let early = machine.claim(at: 1_499)
        let later = machine.claim(at: 1_500)
        #expect(early == nil && later != nil && machine.settlements.count == 1)
    }

    @Test func `a drain waits for what is under way, and for its results only while there is a queue`() {
        var machine = Self.machine()
        #expect(machine.isOver(.draining, hasQueue: true) && !machine.isOver(.working, hasQueue: true))
        machine.sent(Self.message())
        #expect(!machine.isOver(.draining, hasQueue: false) && machine.isOver(.stopping, hasQueue: true))
        machine.answered(Self.message(), Self.outcome(200))
        #expect(machine.isOver(.draining, hasQueue: false) && !machine.isOver(.draining, hasQueue: true))
        machine.settled()
        #expect(machine.isOver(.draining, hasQueue: true))
    }

    @Test func `old messages are deleted once an hour`() {
        var machine = Self.machine()
        let times: [Int64] = [0, 1, 3_599_999, 3_600_000, 3_600_001]
        var due: [Bool] = []
        for time in times { due.append(machine.isPruneDue(at: time)) }
        #expect(due == [true, false, false, true, false])
    }

    @Test func `a message whose job is gone is given up without a try`() {
        var machine = Self.machine()
        machine.giveUp(Self.message())
        let ending = Self.ending(machine)
        #expect(ending?.name == "failed" && ending?.retry == nil && machine.count == 0)
    }
}
