import Testing

@testable import Nginx

/// Configurations are read as nginx reads them.
@Suite struct ReadingTests {
    private func read(_ texts: [String: String], main: String = "/etc/nginx/nginx.conf") throws -> [Directive] {
        let dump = texts.sorted { $0.key < $1.key }
            .map { "# configuration file \($0.key):\n\($0.value)\n" }.joined()
        return try Directive.read(main, from: ConfigurationFiles(dump: Array(dump.utf8)))
    }

    private func read(_ text: String) throws -> [Directive] { try read(["/etc/nginx/nginx.conf": text]) }

    @Test func `words are cut at blanks, quotes and escapes as nginx cuts them`() throws {
        let read = try read(
            """
            a b  "c d" 'e;f' g\\"h "i\\tj\\\\k" ${l}m #not;here
              n#o;
            p '';
            """)
        #expect(read.map(\.name) == ["a", "p"])
        #expect(read[0].arguments == ["b", "c d", "e;f", "g\"h", "i\tj\\k", "${l}m", "n#o"])
        #expect(read[1].arguments == [""])
        #expect(read[0].place.line == 1 && read[1].place.line == 3)
    }

    @Test func `blocks nest, and a foreign language's braces are passed over`() throws {
        let read = try read(
            """
            http { server { location ~ ^/a{2}$ { return 200 '}{'; } }
              content_by_lua_block { if x then y = { "}" == "{" } end }
              z 1;
            }
            """.replacing("^/a{2}$", with: "\"^/a{2}$\""))
        let http = try #require(read.first?.block)
        #expect(http.map(\.name) == ["server", "content_by_lua_block", "z"])
        let location = try #require(http[0].block?.first)
        #expect(location.arguments == ["~", "^/a{2}$"] && location.block?.first?.arguments == ["200", "}{"])
    }

    @Test func `what is included stands in its place, with its own file and line`() throws {
        let read = try read([
            "/etc/nginx/nginx.conf": "http {\n include conf.d/*.conf;\n include /opt/x.conf;\n}",
            "/etc/nginx/conf.d/a.conf": "a 1;", "/etc/nginx/conf.d/b.conf": "\nb 1;",
            "/etc/nginx/conf.d/deep/c.conf": "c 1;", "/opt/x.conf": "x 1;",
        ])
        let http = try #require(read.first?.block)
        #expect(http.map(\.name) == ["a", "b", "x"])
        #expect(
            http.map(\.place.description) == [
                "/etc/nginx/conf.d/a.conf:1", "/etc/nginx/conf.d/b.conf:2", "/opt/x.conf:1",
            ])
    }

    @Test(arguments: [
        ("a b", "/etc/nginx/nginx.conf:1: 'a' does not end with ';'"),
        ("a {\n b;", "nginx.conf:1: this block is not closed"),
        ("a;\n}", "nginx.conf:2: unexpected '}'"), ("a 'b;", "nginx.conf:1: this quote is not closed"),
        ("\ninclude c.conf;", "nginx.conf:2: the included file /etc/nginx/c.conf does not exist"),
        ("include nginx.conf;", "includes nest too deeply"),
    ])
    func `a faulty file is told with its line`(_ text: String, _ words: String) {
        let error = #expect(throws: NginxError.self) { try read(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func `a directive of a location replaces those of its name around it, all of them`() throws {
        let read = try read("http { p 1; p 2; q 1; server { location /a { p 3; } location /b { r 1; } } }")
        let locations = Scope.all("location", in: read)
        #expect(locations[0].effective("p").map(\.value) == ["3"])
        #expect(locations[1].effective("p").map(\.value) == ["1", "2"])
        #expect(locations[0].effective("q").map(\.value) == ["1"] && locations[0].effective("r").isEmpty)
        #expect(locations[0].own("q").isEmpty)
    }

    @Test func `sizes are read as nginx writes them`() {
        #expect(
            ["0", "512", "8k", "1M", "2g", "x", "1mb"].map { SnippetCheck.bytes($0) } == [
                0, 512, 8192, 1 << 20, 2 << 30, nil, nil,
            ])
    }
}
