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
        let line = ChildMessage.outcome(.retry(code: "part_crashed", summary: "It crashed")).line
        guard case .outcome(.retry(let code, let summary)) = ChildMessage(line.dropLast()) else {
            Issue.record("no outcome")
            return
        }
        #expect(code == "part_crashed" && summary == "It crashed")
    }

    @Test(arguments: [
        "", "{", "{\"part\":\"started\"}", "{\"part\":\"begun\",\"number\":1}", "{\"outcome\":\"finished\"}",
    ])
    func `anything but a whole message is none`(text: String) {
        #expect(ChildMessage(Array(text.utf8)) == nil)
    }
}
