import CPostgres
import Testing

@testable import Postgres

/// `load_balance_hosts` for a libpq that does not know it.
@Suite(.enabled(if: PQlibVersion() < 160_000, "libpq puts the servers in order by itself")) struct ServerAddressTests {
    private static let balanced = [
        "postgresql://u@a,b,c:5/db?load_balance_hosts=random&target_session_attrs=standby":
            "postgresql://u@a,b,c:5/db?target_session_attrs=standby",
        "postgresql://u@a,b,c/db?target_session_attrs=standby&load_balance_hosts=random":
            "postgresql://u@a,b,c/db?target_session_attrs=standby",
        "postgres://a,b,c/db?load_balance_hosts=random": "postgres://a,b,c/db",
        "load_balance_hosts=random host=a,b,c dbname=db": "  host=a,b,c dbname=db",
        "host=a,b,c dbname=db load_balance_hosts = random": "host=a,b,c dbname=db ",
    ]

    @Test(arguments: balanced) func `the servers are drawn by lot, and libpq is not asked to`(
        _ conninfo: String, _ plain: String
    ) {
        let addresses = (0..<200).map { _ in ServerAddress(conninfo) }
        #expect(addresses.allSatisfy { $0.conninfo == plain })
        let orders = Set(addresses.map { $0.choice.first { $0.0 == "host" }?.1 })
        #expect(orders == ["a,b,c", "a,c,b", "b,a,c", "b,c,a", "c,a,b", "c,b,a"])
    }

    @Test func `each server keeps its port and address, and a port of all stays`() {
        for _ in 0..<50 {
            let choice = ServerAddress("host=a,b hostaddr=1.1.1.1,2.2.2.2 port=1,2 load_balance_hosts=random").choice
            let values = choice.map(\.1).sorted()
            #expect(values == ["1,2", "1.1.1.1,2.2.2.2", "a,b"] || values == ["2,1", "2.2.2.2,1.1.1.1", "b,a"])
        }
        let common = ServerAddress("host=a,b port=7 load_balance_hosts=random").choice.filter { $0.0 == "port" }
        #expect(common.isEmpty)
    }

    @Test(arguments: [
        "host=a,b", "host=a,b load_balance_hosts=disable", "host=a load_balance_hosts=random",
        "postgresql://a,b/db?load_balance_hosts=disable", "dbname=load_balance_hosts",
    ]) func `where nothing is to be drawn the servers stay in their order`(_ conninfo: String) {
        let address = ServerAddress(conninfo)
        #expect(address.choice.isEmpty && !address.conninfo.contains("load_balance_hosts="))
    }
}
