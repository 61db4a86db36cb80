import Glibc
import Posix

/// The files of an nginx configuration: from the disk, or from the output of `nginx -T`.
package enum ConfigurationFiles {
    case disk
    /// Texts by path, and the paths in the order in which nginx read them.
    case dump([String: [UInt8]], order: [String])

    /// Reads the output of `nginx -T`: each file after a line `# configuration file <path>:`, once.
    package init(dump: [UInt8]) {
        var texts: [String: [UInt8]] = [:]
        var order: [String] = []
        let marker = Array("# configuration file ".utf8)
        for line in dump.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.starts(with: marker), line.last == UInt8(ascii: ":") {
                let path = String(decoding: line.dropFirst(marker.count).dropLast(), as: UTF8.self)
                if texts.updateValue([], forKey: path) == nil { order.append(path) }
            } else if let path = order.last {
                texts[path]?.append(contentsOf: line)
                texts[path]?.append(UInt8(ascii: "\n"))
            }
        }
        self = .dump(texts, order: order)
    }

    /// The text of a file, nil when it is not there.
    /// - Throws: `NginxError` when the file cannot be read.
    func text(of path: String) throws(NginxError) -> [UInt8]? {
        switch self {
        case .dump(let texts, _): return texts[path]
        case .disk:
            do {
                return try File.bytes(at: path)
            } catch  where error.errorNumber == ENOENT {
                return nil
            } catch {
                throw NginxError(error.debugDescription)
            }
        }
    }

    /// The files that a pattern of an `include` names, in glob's order.
    func matching(_ pattern: String) -> [String] {
        switch self {
        case .dump(_, let order): return order.filter { fnmatch(pattern, $0, FNM_PATHNAME | FNM_PERIOD) == 0 }.sorted()
        case .disk:
            var result = glob_t()
            defer { globfree(&result) }
            guard glob(pattern, 0, nil, &result) == 0 else { return [] }
            return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
        }
    }
}
