/// The results of reading one file besides its values: its faults, and the position of each value.
///
/// Reading goes on after a fault, so that a user sees all of them at once; a reader that returns nil has added the
/// reason here.
final class FaultLog {
    let file: String
    private(set) var faults: [CatalogFault] = []
    private(set) var positions: [String: Position] = [:]

    init(file: String) {
        self.file = file
    }

    func add(_ message: String, at position: Position) {
        faults.append(CatalogFault(file: file, position: position, message: message))
    }

    /// A key's place gives way to that of its value, once that is read.
    func place(_ path: String, at position: Position) {
        positions[path] = position
    }
}
