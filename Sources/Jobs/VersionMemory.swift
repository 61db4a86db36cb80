import Posix

/// A cache of values made of jobs, each with the version of the row that it was made of. A client that watches a job
/// asks for it again and again; while its row has not been written it need not be read anew.
package struct VersionMemory<Value> {
    private var entries: [UUID: (version: String, value: Value)] = [:]
    private static var most: Int { 256 }

    package init() {}

    subscript(id: UUID, version: String) -> Value? {
        get {
            guard let entry = entries[id], entry.version == version else { return nil }
            return entry.value
        }
        set {
            if entries.count >= Self.most { entries.removeAll(keepingCapacity: true) }
            entries[id] = newValue.map { (version, $0) }
        }
    }
}
