import Glibc
import JSON
import Support
import Testing

@Suite struct StageTests {
    @Test func `a private stage comes up, serves an export and leaves nothing behind`() throws {
        let stage = try Stage()
        let (job, file) = try stage.client.export([
            "module": "warehouse", "catalog": "warehouses", "format": "csv", "columns": ["name"],
        ])
        #expect(job["rowCount"]?.int == CSVText(file).records.count - 1)
        #expect(!stage.children(named: "responder").isEmpty)
        let pid = stage.pid
        stage.stop()
        #expect(kill(pid, 0) != 0)
        #expect(access(stage.state, F_OK) != 0)
    }
}
