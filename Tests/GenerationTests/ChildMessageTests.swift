import JSON
import Jobs
import Testing

@testable import Generation

@Suite struct ChildMessageTests {
    @Test func `what happens to parts comes back from its line`() {
        let events: [PartEvent] = [
            .planned(bounds: ["", "a\nb", "ø"]), .counted([0, 5, 1 << 40]), .started(3),
            .ready(1, rows: 9, file: nil),
            .ready(2, rows: 0, file: JobPart.File(storedPath: "files/e5/x", size: 1 << 33, sha256: "00")),
        ]
        for event in events {
            let line = ChildMessage.part(event).line
            // One line, whatever is in it.
            #expect(line.firstIndex(of: UInt8(ascii: "\n")) == line.count - 1)
            guard case .part(let read) = ChildMessage(line.dropLast()) else {
                Issue.record("\(event) was not read")
                continue
            }
            #expect(read == event)
        }
    }

    @Test func `an outcome comes back from its line`() {
        for recovery in [ExportFailure.Recovery.none, .retry, .resume, .wait] {
            let failure = ExportFailure(
                "source_locked", "It was locked", recovery, sqlState: "55P03", message: "ERROR: ø\n\u{0}",
                detail: "copy: \"x\"")
            let line = ChildMessage.outcome(.failed(failure)).line
            #expect(line.firstIndex(of: UInt8(ascii: "\n")) == line.count - 1)
            guard case .outcome(.failed(let read)) = ChildMessage(line.dropLast()) else {
                Issue.record("\(recovery): no outcome")
                continue
            }
            #expect(read == failure)
        }
    }

    @Test func `that the source was reached comes back from its line`() {
        guard case .reached = ChildMessage(ChildMessage.reached.line.dropLast()) else {
            Issue.record("not read")
            return
        }
    }

    @Test(arguments: [
        "", "{", "{\"part\":\"started\"}", "{\"part\":\"begun\",\"number\":1}", "{\"outcome\":\"finished\"}",
    ])
    func `anything but a whole message is none`(text: String) {
        #expect(ChildMessage(Array(text.utf8)) == nil)
    }
}
