extension Directive {
    /// Reads a configuration with everything it includes.
    /// - Parameter path: of the main file, absolute; a relative include begins at its folder, as nginx's does.
    /// - Throws: with file and line, when a file is missing or cannot be parsed.
    package static func read(_ path: String, from files: ConfigurationFiles) throws(NginxError) -> [Directive] {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return try Reader(files: files, folder: folder).file(path, depth: 0) { NginxError("\(path): no such file") }
    }

    private struct Reader {
        let files: ConfigurationFiles
        /// Of the main file.
        let folder: String
        /// A file that includes itself must come to an end.
        static let depthLimit = 64

        func file(_ path: String, depth: Int, missing: () -> NginxError) throws(NginxError) -> [Directive] {
            guard let text = try files.text(of: path) else { throw missing() }
            var tokens = Tokens(text, file: path)
            return try directives(&tokens, depth: depth, opened: nil)
        }

        /// Up to the end of the file, or to the brace that closes the block that was `opened`.
        private func directives(
            _ tokens: inout Tokens, depth: Int, opened: Place?
        ) throws(NginxError) -> [Directive] {
            var result: [Directive] = []
            var words: [String] = []
            var place = tokens.place
            while let token = try tokens.next() {
                if words.isEmpty { place = tokens.place }
                switch token {
                case .word(let word): words.append(word)
                case .end:
                    guard let name = words.first else { throw NginxError(place, "unexpected ';'") }
                    let directive = Directive(
                        name: name, arguments: Array(words.dropFirst()), place: place, block: nil)
                    result += name == "include" ? try included(directive, depth: depth) : [directive]
                    words = []
                case .open:
                    guard let name = words.first else { throw NginxError(place, "unexpected '{'") }
                    var block: [Directive] = []
                    if name.hasSuffix("_by_lua_block") {
                        try tokens.skipForeignBlock()
                    } else {
                        guard depth < Self.depthLimit else { throw NginxError(place, "blocks nest too deeply") }
                        block = try directives(&tokens, depth: depth + 1, opened: place)
                    }
                    result.append(
                        Directive(name: name, arguments: Array(words.dropFirst()), place: place, block: block))
                    words = []
                case .close:
                    guard words.isEmpty else { throw NginxError(place, "'\(words[0])' does not end with ';'") }
                    guard opened != nil else { throw NginxError(place, "unexpected '}'") }
                    return result
                }
            }
            if let opened { throw NginxError(opened, "this block is not closed") }
            if let word = words.first { throw NginxError(place, "'\(word)' does not end with ';'") }
            return result
        }

        private func included(_ directive: Directive, depth: Int) throws(NginxError) -> [Directive] {
            guard depth < Self.depthLimit else { throw NginxError(directive.place, "includes nest too deeply") }
            let pattern = directive.value.hasPrefix("/") ? directive.value : "\(folder)/\(directive.value)"
            // Only a name without wildcards has to be there (ngx_conf_include).
            guard pattern.contains(where: { "*?[".contains($0) }) else {
                return try file(pattern, depth: depth + 1) {
                    NginxError(directive.place, "the included file \(pattern) does not exist")
                }
            }
            var result: [Directive] = []
            for path in files.matching(pattern) {
                result += try file(path, depth: depth + 1) {
                    NginxError(directive.place, "the included file \(path) does not exist")
                }
            }
            return result
        }
    }
}
