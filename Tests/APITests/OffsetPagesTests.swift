import Testing

@testable import API

@Suite struct OffsetPagesTests {
    private func links(_ limit: Int, _ offset: Int, _ total: Int) -> String {
        OffsetPages(limit: limit, offset: offset, total: total).link { "\($0)" } ?? ""
    }

    @Test func `a page names the others, and one page none`() {
        #expect(links(2, 0, 5) == #"<2>; rel="next", <4>; rel="last""#)
        #expect(links(2, 2, 5) == #"<0>; rel="first", <0>; rel="prev", <4>; rel="next", <4>; rel="last""#)
        #expect(links(2, 4, 5) == #"<0>; rel="first", <2>; rel="prev""#)
        #expect(links(2, 1, 5) == #"<0>; rel="first", <0>; rel="prev", <3>; rel="next", <4>; rel="last""#)
        #expect(links(50, 0, 50) == "" && links(50, 0, 0) == "")
        #expect(links(2, 90, 5) == #"<0>; rel="first", <88>; rel="prev""#)
    }

    @Test func `of a total that is an estimate no page is the last`() {
        func links(_ offset: Int, shown: Int) -> String {
            OffsetPages(limit: 2, offset: offset, total: 5, isEstimated: true, shown: shown).link { "\($0)" } ?? ""
        }
        #expect(links(0, shown: 2) == #"<2>; rel="next""#)
        #expect(links(6, shown: 2) == #"<0>; rel="first", <4>; rel="prev", <8>; rel="next""#)
        #expect(links(6, shown: 1) == #"<0>; rel="first", <4>; rel="prev""#)
    }
}
