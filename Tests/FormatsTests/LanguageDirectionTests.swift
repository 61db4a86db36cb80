import Testing

@testable import Formats

@Suite struct LanguageDirectionTests {
    @Test(arguments: [
        "ar", "ar-EG", "AR", "he", "iw-IL", "fa", "fa_IR", "ur-PK", "ps", "ckb", "yi", "az-Arab", "pa-Arab-PK",
    ])
    func `these are written from right to left`(_ tag: String) { #expect(LanguageDirection.isRightToLeft(tag)) }

    @Test(arguments: ["en", "nb-NO", "zh-Hans-CN", "ar-Latn", "az", "tr", "", "arn", "ku-Latn-TR", "en-AE"])
    func `these are not`(_ tag: String) { #expect(!LanguageDirection.isRightToLeft(tag)) }
}
