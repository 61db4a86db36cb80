import HTTP
import Testing

struct RequestTargetTests {
    @Test(arguments: [
        ("/report/exports", "/report/exports"), ("/report/exports?limit=1&x=%2e", "/report/exports"), ("/", "/"),
        ("/a/", "/a/"), ("//a///b", "/a/b"), ("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/a/b/..", "/a/"), ("/a/.", "/a/"),
        ("/a%20b/%C3%A9", "/a b/é"), ("/a/%2e%2e/b", "/b"), ("/a+b", "/a+b"), ("http://host:80/a?b", "/a"),
        ("/a#b", "/a"), ("/a%2Fb", "/a/b"), ("/a%3Fb", "/a?b"),
    ])
    func `the path is decoded and resolved once`(_ target: String, _ path: String) {
        #expect(RequestTarget.path(target) == path)
    }

    @Test(arguments: ["", "*", "a/b", "/%", "/%2", "/%zz", "/%00", "/..", "/a/../../b", "http://host", "?x"])
    func `what is no path is none`(_ target: String) {
        #expect(RequestTarget.path(target) == nil)
    }
}
