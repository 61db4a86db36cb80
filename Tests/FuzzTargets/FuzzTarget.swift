/// A function that takes any bytes at all, and the rules that hold whatever they are.
///
/// libFuzzer calls one of them (`LLVMFuzzerTestOneInput`), the tests all of them, with the inputs of
/// `Tests/Fuzz/corpus` and seeded changes of these.
package struct FuzzTarget: Sendable {
    /// The name of its file in `Tests/Fuzz/corpus`.
    package let name: String
    /// - Throws: `BrokenRule`, and errors of readers to which an output was unreadable.
    package let check: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ check: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.check = check
    }

    package static let all: [FuzzTarget] = [
        .json, .query, .multipart, .disposition, .link, .token, .keySet, .catalog, .csv, .jsonl, .xlsx, .parts,
        .deflate, .gzip, .records,
    ]
}

/// A rule that did not hold, in words.
package struct BrokenRule: Error, CustomStringConvertible {
    package let description: String
}

/// - Throws: `BrokenRule` when the condition does not hold.
func demand(_ condition: Bool, _ rule: @autoclosure () -> String) throws {
    if !condition { throw BrokenRule(description: rule()) }
}

/// What a function that may throw came to, to be compared.
enum Outcome<Value: Equatable>: Equatable {
    case value(Value)
    case refused(String)

    init(_ body: () throws -> Value) {
        do { self = .value(try body()) } catch { self = .refused("\(error)") }
    }
}

/// The first bytes of an input, which choose among ways to use the rest.
struct Choices {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    /// 0 when there are no more bytes.
    mutating func next() -> Int { bytes.popFirst().map(Int.init) ?? 0 }

    mutating func next<Element>(of elements: [Element]) -> Element { elements[next() % elements.count] }

    var rest: [UInt8] { Array(bytes) }
}

extension Array where Element == UInt8 {
    var text: String { String(decoding: self, as: UTF8.self) }

    func split(by byte: UInt8) -> [[UInt8]] {
        split(separator: byte, omittingEmptySubsequences: false).map(Array.init)
    }

    /// Stretches that are at most `step` bytes long.
    func cut(every step: Int) -> [[UInt8]] {
        stride(from: 0, to: count, by: Swift.max(step, 1)).map { Array(self[$0..<Swift.min($0 + step, count)]) }
    }
}
