/// How a locale writes decimals and, following from it, what parts the fields of its CSV files.
package struct LocaleConvention: Equatable, Sendable {
    package let decimalMark: UInt8
    package let delimiter: UInt8

    /// Without a locale.
    package static let `default` = LocaleConvention(decimalMark: UInt8(ascii: "."), delimiter: UInt8(ascii: ","))

    /// The convention of a BCP 47 tag, whatever its case; nil for one that is not in the table.
    package static func of(_ tag: String) -> LocaleConvention? {
        canonicalTag(tag).flatMap { table[$0] }
    }

    /// The tag as the table spells it (`nb-NO` for `NB-no`); nil for one that is not in it.
    package static func canonicalTag(_ tag: String) -> String? {
        guard tag.utf8.count <= 16 else { return nil }
        return canonicalTags[tag.lowercased()]
    }

    /// The whole table, sorted.
    package static var tags: [String] { table.keys.sorted() }

    private static let canonicalTags = Dictionary(uniqueKeysWithValues: table.keys.map { ($0.lowercased(), $0) })

    private static let table: [String: LocaleConvention] = {
        var table: [String: LocaleConvention] = [:]
        func add(_ locales: [String], decimalMark: UInt8) {
            for line in locales {
                let words = line.split(separator: " ").map(String.init)
                let tags = [words[0]] + words.dropFirst().map { "\(words[0])-\($0)" }
                for tag in tags where table[tag] == nil {
                    let semicolon = decimalMark == UInt8(ascii: ",") || pointAndSemicolon.contains(tag)
                    table[tag] = LocaleConvention(
                        decimalMark: decimalMark, delimiter: UInt8(ascii: semicolon ? ";" : ","))
                }
            }
        }
        add(decimalComma, decimalMark: UInt8(ascii: ","))
        add(decimalPoint, decimalMark: UInt8(ascii: "."))
        // Regions of these differ, and CLDR's bare language has a point.
        for tag in ["en", "ms", "sw", "ar"] {
            table[tag] = .default
        }
        return table
    }()

    /// Where spreadsheets expect semicolons although decimals have a point: the list separator of Windows for these
    /// regions.
    private static let pointAndSemicolon: Set<String> = ["de-CH", "de-LI", "it-CH"]

    // The decimal marks of CLDR (as the ICU of Swift 6.3 has them), for languages and regions whose default
    // digits are ASCII. A line is a language and its regions.
    private static let decimalComma = [
        "af NA ZA", "ar DZ LY MA TN", "az AZ", "be BY", "bg BG", "bs BA", "ca AD ES FR IT", "cs CZ", "da DK GL",
        "de AT BE DE IT LU", "el CY GR",
        "en AT BE BG BR CZ DE DK EE FI FR GR HU ID LT LV NL NO PL PT RO RU SE SI SK TR UA ZA",
        "es AR BO CL CO CR EC ES GQ PH PY UY VE", "et EE", "eu ES", "fi FI", "fo DK FO",
        "fr BE BF BI BJ BL CA CD CF CG CH CI CM DJ DZ FR GA GF GN GP GQ HT KM LU MA MC MF MG ML MQ MR MU NC",
        "fr NE PF PM RE",
        "fr RW SC SN SY TD TG TN VU WF YT",
        "gl ES", "hr BA HR", "hu HU", "hy AM", "id ID", "is IS", "it IT SM VA", "ka GE", "kk KZ", "ky KG", "lo LA",
        "lt LT", "lv LV", "mk MK", "ms BN ID", "nb NO SJ", "nl AW BE BQ CW NL SR SX", "nn NO", "no NO", "pl PL",
        "pt AO BR CH CV GQ GW LU MO MZ PT ST TL", "ro MD RO", "ru BY KG KZ MD RU UA", "sk SK", "sl SI", "sq AL MK XK",
        "sr BA ME RS", "sv AX FI SE", "sw CD", "tr CY TR", "uk UA", "uz UZ", "vi VN",
    ]

    private static let decimalPoint = [
        "am ET", "ar AE", "bn BD IN", "cy GB", "de CH LI",
        "en AE AG AI AS AU BB BD BM BS BW BZ CA CH CK CN CY DM FJ FK GB GD GG GH GI GM GU GY HK IE IL IM IN",
        "en JE JM JP KE",
        "en KN KR KY LC LR LS MG MO MP MS MT MU MW MX MY NA NG NR NZ PG PH PK PR PW RW SA SB SC SD SG SH SL",
        "en SS SX SZ TC",
        "en TH TO TT TV TW TZ UG US VC VG VI VU WS ZM ZW",
        "es BR BZ CU DO GT HN MX NI PA PE PR SV US", "fil PH", "ga GB IE", "gu IN", "he IL", "hi IN", "it CH", "ja JP",
        "km KH", "kn IN", "ko KR", "ml IN", "mn MN", "ms MY SG", "mt MT", "sw KE TZ UG", "ta IN LK MY SG", "te IN",
        "th TH", "zh CN HK MO SG TW", "zu ZA",
    ]
}
