/// A place in a catalog file. Lines and columns count from 1; columns count Unicode scalars.
package struct Position: Equatable, Hashable, Comparable, Sendable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: Position, right: Position) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// Where each value of a report was declared, so that a fault found later, in the live database, still names its line.
///
/// Keys are the dotted way to a value: `tenant.column`, `columns.driver_id`, `relations.drivers.nested.user.key`.
/// Items of a list go by their own name (column key, scope type, status value), else by their index.
package struct SourceMap: Equatable, Sendable {
    package let file: String
    package let positions: [String: Position]

    package init(file: String = "", positions: [String: Position] = [:]) {
        self.file = file
        self.positions = positions
    }

    /// The place of `path`, else of the nearest thing around it, else the file's first line.
    package func position(of path: String) -> Position {
        var path = Substring(path)
        while true {
            if let position = positions[String(path)] { return position }
            guard let dot = path.lastIndex(of: ".") else { return Position(line: 1, column: 1) }
            path = path[..<dot]
        }
    }
}
