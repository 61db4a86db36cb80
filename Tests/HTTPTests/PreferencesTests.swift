import HTTP
import Testing

@Suite struct PreferencesTests {
    @Test func `wait and respond-async are read from any of the headers, in any case, with or without quotes`() {
        let given = Preferences(["respond-async, wait=10", "handling=lenient"])
        #expect(given.respondsAsync && given.wait == 10)
        #expect(Preferences(["Wait=\"7\"; foo=bar"]).wait == 7)
        #expect(Preferences(["foo=\"a,wait=3\"", "WAIT = 5"]).wait == 5)
    }

    @Test(arguments: ["wait", "wait=", "wait=-1", "wait=+1", "wait=1.5", "wait=ten", "wait=٣", "await=1", ""])
    func `what is no number of seconds is passed over`(text: String) {
        #expect(Preferences([text]).wait == nil)
    }

    @Test func `of a preference that comes twice the first counts`() {
        #expect(Preferences(["wait=1", "wait=2"]).wait == 1)
    }
}
