import Glibc
import Testing

@testable import Catalog

struct CatalogFolderTests {
    /// A folder of its own, gone with the value.
    final class Folder {
        let path: String
        private var entries: [String] = []

        init() throws {
            var template = Array("/tmp/catalogs-XXXXXX".utf8CString)
            path = try #require(mkdtemp(&template).map { String(cString: $0) })
        }

        deinit {
            for entry in entries.reversed() { remove(entry) }
            remove(path)
        }

        func add(_ name: String, _ make: (String) throws -> Void) rethrows {
            try make("\(path)/\(name)")
            entries.append("\(path)/\(name)")
        }

        func addFile(_ name: String, _ bytes: [UInt8]) throws {
            try add(name) { path in
                let file = try #require(fopen(path, "w"))
                fwrite(bytes, 1, bytes.count, file)
                fclose(file)
            }
        }
    }

    @Test func `finds the YAML files of a folder and the folders in it, sorted`() throws {
        let folder = try Folder()
        for name in ["b", ".hidden", "looks.yaml"] { folder.add(name) { mkdir($0, 0o700) } }
        for name in ["z.yaml", "b/two.yml", "b/one.yaml", "a.yaml", "readme.md", ".x.yaml", ".hidden/y.yaml"] {
            try folder.addFile(name, Array("# \(name)".utf8))
        }
        folder.add("b/loop") { symlink("..", $0) }
        let sources = try CatalogFolder.sources(in: folder.path)
        let names = sources.map { String($0.path.dropFirst(folder.path.count + 1)) }
        #expect(names == ["a.yaml", "b/one.yaml", "b/two.yml", "z.yaml"])
        #expect(sources.map(\.text) == ["# a.yaml", "# b/one.yaml", "# b/two.yml", "# z.yaml"])
    }

    @Test func `says which folder or file cannot be read, and why`() throws {
        let folder = try Folder()
        let missing = #expect(throws: CatalogFolderError.self) { try CatalogFolder.sources(in: "\(folder.path)/none") }
        #expect(missing?.description == "cannot open the folder \(folder.path)/none: No such file or directory")
        folder.add("a.yaml") { symlink("nowhere", $0) }
        let dangling = #expect(throws: CatalogFolderError.self) { try CatalogFolder.sources(in: folder.path) }
        #expect(dangling?.description == "cannot open \(folder.path)/a.yaml: No such file or directory")
    }

    @Test func `refuses a file that is not UTF-8`() throws {
        let folder = try Folder()
        try folder.addFile("a.yaml", [0x61, 0xFF])
        let error = #expect(throws: CatalogFolderError.self) { try CatalogFolder.sources(in: folder.path) }
        #expect(error?.reason == "it is not UTF-8")
    }
}
