import FuzzTargets
import Support
import Testing

/// What `make fuzz` looks for, over the inputs that it has found so far and seeded changes of them: the same ones each
/// time.
@Suite struct FuzzTargetTests {
    /// For each target: some milliseconds to a second.
    private static let inputs = 250

    @Test(arguments: FuzzTarget.all.map(\.name)) func `no rule is broken`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let corpus = try Corpus(name)
        #expect(!corpus.inputs.isEmpty)
        var random = SplitMix64(seed: 1)
        for input in corpus.inputs { try check(target, input) }
        for index in corpus.inputs.count..<max(Self.inputs, corpus.inputs.count) {
            try check(target, corpus.changed(corpus.inputs[index % corpus.inputs.count], using: &random))
        }
    }

    private func check(_ target: FuzzTarget, _ input: [UInt8]) throws {
        do { try target.check(input) } catch {
            throw Unmet("\(target.name): \(error), with \(Corpus.line(of: input))")
        }
    }
}
