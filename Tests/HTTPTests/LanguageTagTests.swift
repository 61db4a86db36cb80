import HTTP
import Testing

struct LanguageTagTests {
    /// What `navigator.language` is in Chrome, Firefox, Safari and Edge on the systems they run on, old versions too,
    /// and what POSIX calls a locale.
    @Test(arguments: [
        ("en", "en"), ("en-US", "en-US"), ("EN-us", "en-US"), ("nb-NO", "nb-NO"), ("nb", "nb"), ("zh-CN", "zh-CN"),
        ("zh-TW", "zh-TW"), ("zh-Hans-CN", "zh-Hans-CN"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419"),
        ("en-150", "en-150"), ("en-001", "en-001"), ("sr-Latn-RS", "sr-Latn-RS"), ("ca-ES-valencia", "ca-ES"),
        ("ca-valencia", "ca"), ("de-DE-u-nu-latn", "de-DE"), ("de-CH-1996", "de-CH"), ("az-Latn-AZ", "az-Latn-AZ"),
        ("en-US-u-ca-gregory-hc-h12-nu-latn", "en-US"), ("iw-IL", "he-IL"), ("iw", "he"), ("in-ID", "id-ID"),
        ("mo", "ro"), ("mo-MD", "ro-MD"), ("ji", "yi"), ("tl-PH", "fil-PH"), ("sh", "sr-Latn"), ("de_DE", "de-DE"),
        ("zh_Hans_CN", "zh-Hans-CN"), ("de_DE.UTF-8", "de-DE"), ("ca_ES.UTF-8@valencia", "ca-ES"),
        ("en-US@posix", "en-US"), ("zh-yue-HK", "zh-HK"), ("cmn-Hans-CN", "zh-Hans-CN"), ("sl-rozaj-biske", "sl"),
        ("en-x-private", "en"), ("en-a-bbb-x-a-ccc", "en"), ("fil-PH", "fil-PH"), ("xx", "xx"),
    ])
    func `takes what browsers and systems call a language`(_ given: String, _ text: String) {
        #expect(LanguageTag(given)?.text == text)
    }

    @Test(arguments: [
        "", "e", "C", "*", "x-private", "i-klingon", "../../etc", "en\r\nX: y", "en-", "-en", "en--us", "en_", "1e",
        "en us",
        "nb-NO ", "é", "abcdefghi", "en.", "en@", "en@../x", "en.UTF 8", "C.UTF-8", "xx-!!",
        "en-" + String(repeating: "a-", count: 5_000) + "a",
    ])
    func `refuses what is no language tag`(_ text: String) {
        #expect(LanguageTag(text) == nil)
    }

    @Test(arguments: [
        ("nb-NO", ["nb-NO", "nb"]), ("nb", ["nb"]), ("zh-Hans-CN", ["zh-Hans-CN", "zh-Hans", "zh-CN", "zh"]),
        ("zh-TW", ["zh-TW", "zh-Hant", "zh"]), ("zh-CN", ["zh-CN", "zh-Hans", "zh"]), ("sr-Latn", ["sr-Latn", "sr"]),
        ("sr-Latn-RS", ["sr-Latn-RS", "sr-Latn", "sr-RS", "sr"]),
    ])
    func `is looked up from the most to the least specific`(_ tag: String, _ tags: [String]) {
        #expect(LanguageTag(tag)?.lookup == tags)
    }

    @Test func `the languages of Norway stand for each other`() {
        #expect(LanguageTag("no-NO")?.labelLookup == ["no-NO", "no", "nb", "nn"])
        #expect(LanguageTag("nb")?.labelLookup == ["nb", "no"])
        #expect(LanguageTag("nn-NO")?.labelLookup == ["nn-NO", "nn", "nb", "no"])
    }
}
