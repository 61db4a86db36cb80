import Formats
import JSON
import Testing

@testable import Catalog

struct LocaleTests {
    @Test(arguments: [
        ("nb-NO", ",", ";"), ("nb", ",", ";"), ("nn-NO", ",", ";"), ("da-DK", ",", ";"), ("de-DE", ",", ";"),
        ("de-AT", ",", ";"), ("de-CH", ".", ";"), ("fr-CH", ",", ";"), ("it-CH", ".", ";"), ("fr-FR", ",", ";"),
        ("en-US", ".", ","), ("en-GB", ".", ","), ("en", ".", ","), ("en-ZA", ",", ";"), ("es-ES", ",", ";"),
        ("es", ",", ";"), ("es-MX", ".", ","), ("es-US", ".", ","), ("es-AR", ",", ";"), ("pt-BR", ",", ";"),
        ("ja-JP", ".", ","), ("zh-CN", ".", ","), ("he-IL", ".", ","), ("tr-TR", ",", ";"), ("ar-MA", ",", ";"),
        ("ar-AE", ".", ","), ("sw", ".", ","), ("sw-CD", ",", ";"), ("ms", ".", ","), ("ms-ID", ",", ";"),
        ("zh-Hans-CN", ".", ","), ("sr-Latn-RS", ",", ";"), ("es-419", ".", ","), ("en-150", ".", ","),
        ("en-001", ".", ","),
        ("ar-EG", ".", ","), ("fa-IR", ".", ","), ("de_CH", ".", ";"), ("de-DE-u-nu-latn", ",", ";"),
        ("iw-IL", ".", ","),
        ("in-ID", ",", ";"), ("mo", ",", ";"), ("hsb", ",", ";"), ("cak", ".", ","), ("en-XX", ".", ","),
    ])
    func `knows the decimal mark and delimiter`(_ tag: String, _ mark: String, _ delimiter: String) throws {
        let convention = try #require(LocaleConvention.of(tag))
        #expect(convention.decimalMark == mark.utf8.first)
        #expect(convention.delimiter == delimiter.utf8.first)
    }

    @Test func `takes a tag in any case and gives it back in its own`() {
        #expect(LocaleConvention.canonicalTag("NB-no") == "nb-NO")
        #expect(LocaleConvention.canonicalTag("FIL-ph") == "fil-PH")
    }

    @Test(arguments: [
        ("zh-Hans-CN", "zh-CN"), ("zh-Hant-TW", "zh-TW"), ("sr-Latn-RS", "sr-RS"), ("de-DE-u-nu-latn", "de-DE"),
        ("de_DE", "de-DE"), ("ca-ES-valencia", "ca-ES"), ("de-CH-1996", "de-CH"), ("az-Latn-AZ", "az-AZ"),
        ("iw-IL", "he-IL"), ("in-ID", "id-ID"), ("mo-MD", "ro-MD"), ("es-419", "es-419"), ("en-XX", "en"),
        ("pt-MX", "pt"), ("no-SJ", "no"), ("en-US@posix", "en-US"), ("de_DE.UTF-8", "de-DE"),
    ])
    func `looks a tag up as RFC 4647 says`(_ tag: String, _ canonical: String) {
        #expect(LocaleConvention.canonicalTag(tag) == canonical)
    }

    /// The languages in which Chrome and Firefox come, as `navigator.language` gives them.
    @Test func `knows whatever a browser may say`() {
        let languages = """
            ach af am an ar ast az be bg bn br bs ca ca-valencia cak cs cy da de dsb el en-AU en-CA en-GB en-US eo es-419 es-AR \
            es-CL es-ES es-MX et eu fa ff fi fil fr fur fy-NL ga-IE gd gl gn gu-IN he hi-IN hr hsb hu hy-AM ia id is it ja ka \
            kab kk km kn ko lij lo lt ltg lv mk ml mn mr ms my nb nb-NO ne-NP nl nn-NO no oc or pa-IN pl ps pt-BR pt-PT rm ro \
            ru sat sc sco si sk skr sl son sq sr sv-SE sw szl ta te tg th tl tr trs uk ur uz vi xh yi zh-CN zh-HK zh-TW zu
            """
        for tag in languages.split(separator: " ") {
            #expect(LocaleConvention.of(String(tag)) != nil, "\(tag)")
        }
    }

    @Test(arguments: ["", "x", "nb-NO ", "xx", "zz", "zz-NO", "C", "POSIX", "x-private", "../../etc", "en\r\nX: y"])
    func `knows no others`(_ tag: String) {
        #expect(LocaleConvention.of(tag) == nil)
    }

    @Test func `a decimal comma never meets a comma between fields`() {
        for tag in LocaleConvention.tags {
            guard let convention = LocaleConvention.of(tag) else { continue }
            #expect(convention.decimalMark != convention.delimiter)
        }
    }

    @Test func `a request's own delimiter wins over its locale's`() {
        var request = ExportRequest(module: "m", catalog: "c", format: .csv, columns: ["a"], locale: "nb-NO")
        #expect(
            CSVDialect(request.file)
                == CSVDialect(
                    delimiter: UInt8(ascii: ";"), byteOrderMark: false, header: .label, formulaGuard: true,
                    decimalMark: UInt8(ascii: ",")))
        request.options.members["csv"] = ["delimiter": "\t"]
        #expect(CSVDialect(request.file).delimiter == 9 && CSVDialect(request.file).decimalMark == UInt8(ascii: ","))
        request.locale = nil
        request.options.members["csv"] = ["delimiter": .null]
        #expect(CSVDialect(request.file) == .standard)
        #expect(CSVDialect(request.file).delimiter == UInt8(ascii: ","))
        #expect(CSVDialect(request.file).decimalMark == UInt8(ascii: "."))
    }

    @Test func `a text falls back from region to language to English to whatever there is`() {
        let text = LocalizedText([("en", "Orders"), ("nb", "Ordrer"), ("pt-BR", "Pedidos")])
        #expect(text.label("nb") == "Ordrer")
        #expect(text.label("NB-no") == "Ordrer")
        #expect(text.label("pt-br") == "Pedidos")
        #expect(text.label("pt") == "Orders")
        #expect(text.label("no") == "Ordrer" && text.label("no-NO") == "Ordrer" && text.label("nn-NO") == "Ordrer")
        #expect(text.label("nb_NO") == "Ordrer" && text.label("nb-NO-u-nu-latn") == "Ordrer")
        #expect(text.label("") == "Orders")
        #expect(text.label("../../etc") == "Orders")
        #expect(LocalizedText([("nb", "Ordrer")]).label("en") == "Ordrer")
        #expect(LocalizedText("Orders").label("nb") == "Orders")
        // A catalog may have the older code, the one with a script, or both languages.
        let older = LocalizedText([
            ("en", "Orders"), ("no", "Ordrer"), ("iw", "הזמנות"), ("zh-Hant", "訂單"), ("zh", "订单"),
        ])
        #expect(older.label("nb-NO") == "Ordrer" && older.label("nn") == "Ordrer" && older.label("he-IL") == "הזמנות")
        #expect(older.label("zh-TW") == "訂單" && older.label("zh-Hant-HK") == "訂單" && older.label("zh-Hans-CN") == "订单")
        let both = LocalizedText([("nb", "Varer"), ("nn", "Varor"), ("no", "Ting")])
        #expect(both.label("nn-NO") == "Varor" && both.label("nb") == "Varer" && both.label("no") == "Ting")
    }
}
