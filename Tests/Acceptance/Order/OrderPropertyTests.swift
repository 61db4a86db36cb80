import Glibc
import JSON
import Posix
import Support
import Testing

/// Exports that are cut into parts are the rows of one worker's in its order, which is the server's own, whatever they
/// are sorted by: tables of random types, collations and domains, random orders, random numbers of parts.
///
/// PENSTOCK_ORDER_ROUNDS says how many exports are compared (`make orders` for ten thousand), PENSTOCK_ORDER_SEED
/// which.
@Suite(.serialized, .waitsFirst) struct OrderPropertyTests {
    private static let rounds = environmentNumber("PENSTOCK_ORDER_ROUNDS").map { Int($0) } ?? 24
    private static let roundsPerTable = 12
    private static let mostFurtherRounds = 240

    @Test func `parts are one worker's rows in the server's own order`() throws {
        let seed = environmentNumber("PENSTOCK_ORDER_SEED") ?? UInt64.random(in: 1...999_999_999)
        print("orders: seed \(seed), \(Self.rounds) rounds")
        let database = try ScratchDatabase("orders", OrderTable.preparation)
        var random = SplitMix64(seed: seed)
        var done = 0
        var inParts = 0
        // Arrays, and columns with few values, are not cut, which may be all of a few tables: then there are more of
        // them.
        while done < Self.rounds || (inParts * 8 <= done && done < Self.rounds + Self.mostFurtherRounds) {
            let table = OrderTable(number: done / Self.roundsPerTable, &random)
            let left = Self.rounds > done ? Self.rounds - done : Self.roundsPerTable
            let rounds = (0..<min(Self.roundsPerTable, left)).map { _ in OrderRound(table, &random) }
            let expected = try table.expected(rounds, in: database)
            let catalogs = try CatalogFiles(["table.yaml": table.catalog])
            for (round, wanted) in zip(rounds, expected) {
                let place =
                    "seed \(seed), round \(done): \(round.request.text), \(round.workers) workers, \(table.create)"
                let one = try export(round, workers: 1, database, catalogs)
                let many = try export(round, workers: round.workers, database, catalogs)
                guard let one, let many else {
                    Issue.record("an export failed: \(place)")
                    return
                }
                #expect(many.receipt["sha256"] == one.receipt["sha256"], "\(place)")
                if round.format == "csv", let difference = Self.difference(many.file, wanted) {
                    Issue.record("\(difference): \(place)")
                    return
                }
                if (many.receipt["parts"]?.int ?? 0) > 1 { inParts += 1 }
                done += 1
            }
            try database.psql("drop table \(table.name)")
        }
        print("orders: \(done) rounds, \(inParts) of them in parts")
        #expect(inParts * 8 > done)
    }

    private func export(
        _ round: OrderRound, workers: Int, _ database: ScratchDatabase, _ catalogs: CatalogFiles
    ) throws -> (file: [UInt8], receipt: JSON)? {
        let outcome = try Shell.run(
            [
                TestRun.program, "export", "--catalog", "orders/table", "--tenant", "acme", "--output", "-", "--json",
                "--workers", "\(workers)", "--request", "/dev/stdin",
            ],
            environment: [
                "PENSTOCK_SOURCE_URL": database.url, "PENSTOCK_CATALOGS": catalogs.folder,
                "PENSTOCK_PARTS_FROM_ROWS": "100",
            ], input: round.request.serialized)
        guard outcome.status == 0 else {
            Issue.record("\(outcome.errorText)")
            return nil
        }
        return (outcome.output, try JSON.parse(outcome.errors, limits: .stored))
    }

    private static func difference(_ file: [UInt8], _ expected: [UInt8]) -> String? {
        let rows = CSVText(file).records.dropFirst().map { $0.map(\.text) }
        let wanted = CSVText(expected).records.map { $0.map(\.text) }
        guard rows.count == wanted.count else { return "\(rows.count) rows instead of \(wanted.count)" }
        return zip(rows, wanted).enumerated().first { $1.0 != $1.1 }.map { "row \($0): \($1.0) instead of \($1.1)" }
    }
}

private func environmentNumber(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }
