import Posix
import Testing

@testable import Service

@Suite struct ServiceLoopTests {
    private static func phases(_ signals: [Signal]) -> [ServiceLoop.Phase] {
        var phase = ServiceLoop.Phase.working
        return signals.map {
            phase = phase.after($0)
            return phase
        }
    }

    @Test func `TERM drains, INT stops, and nothing leads back`() {
        #expect(
            Self.phases([.hangUp, .child, .terminate, .terminate, .interrupt, .terminate, .hangUp])
                == [.working, .working, .draining, .draining, .stopping, .stopping, .stopping])
    }

    @Test func `signals that came together are taken in the order of their numbers and stop all the same`() {
        #expect(Self.phases([.interrupt, .terminate]) == [.stopping, .stopping])
        #expect(Self.phases([.terminate, .child, .interrupt]) == [.draining, .draining, .stopping])
    }
}
