/// Where a directive stands, as nginx itself names it: `/etc/nginx/nginx.conf:12`.
package struct Place: Sendable, Equatable, CustomStringConvertible {
    package let file: String
    package let line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { "\(file):\(line)" }
}
