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

    @Test(arguments: ["", "x", "nb_NO", "nb-NO ", "xx", "en-XX", "../../etc", "en\r\nX: y", "ar-EG"])
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
            request.csvOptions
                == CSVOptions(
                    delimiter: UInt8(ascii: ";"), bom: false, header: .label, formulaGuard: true,
                    decimalMark: UInt8(ascii: ",")))
        request.csv.delimiter = "\t"
        #expect(request.csvOptions.delimiter == 9 && request.csvOptions.decimalMark == UInt8(ascii: ","))
        request.locale = nil
        request.csv.delimiter = nil
        #expect(
            request.csvOptions.delimiter == UInt8(ascii: ",") && request.csvOptions.decimalMark == UInt8(ascii: "."))
    }

    @Test func `a text falls back from region to language to English to whatever there is`() {
        let text = LocalizedText([("en", "Orders"), ("nb", "Ordrer"), ("pt-BR", "Pedidos")])
        #expect(text.label("nb") == "Ordrer")
        #expect(text.label("NB-no") == "Ordrer")
        #expect(text.label("pt-br") == "Pedidos")
        #expect(text.label("pt") == "Orders")
        #expect(text.label("") == "Orders")
        #expect(text.label("../../etc") == "Orders")
        #expect(LocalizedText([("nb", "Ordrer")]).label("en") == "Ordrer")
        #expect(LocalizedText("Orders").label("nb") == "Orders")
    }
}
