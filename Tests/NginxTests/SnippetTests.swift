import API
import NginxFiles
import Testing

@testable import Nginx

/// The text that `penstock nginx` prints, held against the files of the working copy and against the table of
/// endpoints.
@Suite struct SnippetTests {
    /// A directive without its place.
    private struct Line: Equatable, CustomStringConvertible {
        let words: [String]
        let block: [Line]?

        init(_ directive: Directive) {
            words = [directive.name] + directive.arguments
            block = directive.block?.map(Line.init)
        }

        var description: String { words.joined(separator: " ") }
    }

    private func read(_ text: String, beside files: [String: String] = [:]) throws -> [Directive] {
        let all = files.merging(["/usr/share/penstock/nginx/penstock.conf": text]) { $1 }
        return try Directive.read(
            "/usr/share/penstock/nginx/penstock.conf", from: .dump(all.mapValues { Array($0.utf8) }, order: []))
    }

    private var parts: [String: String] {
        Dictionary(uniqueKeysWithValues: NginxFiles.parts.map { ("/usr/share/penstock/nginx/\($0)", $1) })
    }

    /// `penstock nginx --source > nginx/penstock.conf` writes it again.
    @Test func `the working copy's file has the locations of the table`() {
        #expect(Snippet.source == NginxFiles.snippet)
    }

    @Test func `the text as a whole says what the file says with those that it includes`() throws {
        let whole = try read(Snippet(Snippet.Places()).text).map(Line.init)
        let included = try read(NginxFiles.snippet, beside: parts).map(Line.init)
        #expect(whole.count == included.count && whole.count > 20)
        for (one, other) in zip(whole, included) { #expect(one == other, "\(one)") }
    }

    @Test func `an installation's paths stand everywhere, and no others`() throws {
        var places = Snippet.Places(
            socket: "127.0.0.1:9000", auditSocket: "/srv/a.sock", storage: "/srv/exports/", uploadBytes: 200 << 20)
        places.page = "/srv/page"
        places.identity = "/srv/who.conf"
        places.tellsTransfers = true
        let text = Snippet(places).text
        for path in ["/run/penstock", "/var/lib/penstock", "/usr/share/penstock", "include \"/usr"] {
            #expect(!text.contains(path), "\(path)")
        }
        for line in [
            "fastcgi_pass \"127.0.0.1:9000\";", "alias \"/srv/exports/files/\";", "alias \"/srv/page/\";",
            "include \"/srv/who.conf\";", "client_max_body_size 200m;",
            "access_log syslog:server=unix:/srv/a.sock,nohostname,tag=penstock penstock_transfer;",
            "error_log \"syslog:server=unix:/srv/a.sock,nohostname,tag=penstock\" error;",
        ] {
            #expect(text.contains(line), "\(line)")
        }
        #expect(!text.contains("PENSTOCK_USER"))
        #expect(text.contains("limit_req zone=penstock_requests"))
        places.limitsAddresses = false
        #expect(!Snippet(places).text.contains("limit_"))
        places.auditSocket = nil
        #expect(!Snippet(places).text.contains("syslog") && Snippet(places).text.contains("error_log /dev/null crit;"))
    }

    /// As nginx chooses one: an exact path, else the longest folder.
    private func location(of path: String, in locations: [Scope]) -> Scope? {
        let fitting = locations.filter { location in
            let words = location.directive.arguments
            return words[0] == "=" ? words[1] == path : words[0] == "^~" && path.hasPrefix(words[1])
        }
        return fitting.first { $0.directive.arguments[0] == "=" }
            ?? fitting.max { SnippetCheck.path($0).count < SnippetCheck.path($1).count }
    }

    @Test func `every endpoint is behind a location that is made for it`() throws {
        let locations = Scope.all("location", in: try read(Snippet(Snippet.Places()).text))
        for endpoint in Surface.all.flatMap(\.endpoints) {
            let what: Comment = "\(endpoint.operation)"
            let path = endpoint.path.description.replacing(#/{[a-z_]+}/#, with: "x1")
            let location = try #require(self.location(of: path, in: locations), what)
            func value(_ name: String) -> String? { location.effective(name).last?.value }
            #expect(value("fastcgi_pass") == "unix:/run/penstock/penstock.sock", what)
            let isUpload = Surface.all.flatMap(\.endpoints).contains {
                $0.path.description == endpoint.path.description && $0.body == .jsonOrFilterFile
            }
            #expect(value("client_max_body_size") == (isUpload ? "33m" : "1m"), what)
            #expect((value("fastcgi_buffering") == "off") == endpoint.isStream, what)
            if endpoint.secretBelow != nil {
                #expect(value("access_log") == "off" && value("error_log")?.hasPrefix("syslog:") == true, what)
            }
        }
        for surface in Surface.all {
            for path in [surface.prefix, "\(surface.prefix)/no/such/path"] {
                #expect(self.location(of: path, in: locations)?.own("fastcgi_pass").isEmpty == false, "\(path)")
            }
            #expect(Snippet.source.components("[^ ?]*/(").dropFirst().allSatisfy { $0.names(surface.prefix) })
        }
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [Substring] { split(separator: separator) }
}

extension Substring {
    /// Whether an alternation that begins here has a prefix.
    fileprivate func names(_ prefix: String) -> Bool {
        self.prefix { $0 != ")" }.split(separator: "|").contains(prefix.dropFirst())
    }
}
