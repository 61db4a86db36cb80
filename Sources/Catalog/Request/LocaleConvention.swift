import HTTP

/// How a locale writes decimals and, following from it, the delimiter of its CSV files.
package struct LocaleConvention: Equatable, Sendable {
    package let decimalMark: UInt8
    package let delimiter: UInt8

    /// Without a locale.
    package static let `default` = LocaleConvention(decimalMark: UInt8(ascii: "."), delimiter: UInt8(ascii: ","))

    /// The convention of a BCP 47 tag; nil for one that no entry of the table serves.
    package static func of(_ tag: String) -> LocaleConvention? {
        canonicalTag(tag).flatMap { table[$0] }
    }

    /// The entry of the table that serves a tag (RFC 4647 section 3.4): `nb-NO` for `NB_no`, `zh-CN` for `zh-Hans-CN`,
    /// `en` for `en-XX`; nil when the table has no such entry.
    package static func canonicalTag(_ tag: String) -> String? {
        LanguageTag(tag)?.lookup.first { table[$0] != nil }
    }

    /// The whole table, sorted.
    package static var tags: [String] { table.keys.sorted() }

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
        for words in otherComma { add(words.split(separator: " ").map(String.init), decimalMark: UInt8(ascii: ",")) }
        for words in otherPoint { add(words.split(separator: " ").map(String.init), decimalMark: UInt8(ascii: ".")) }
        // Regions of these differ, and CLDR's bare language has a point. So have its parents en-001 and en-150.
        for tag in ["en", "ms", "sw", "ar"] {
            table[tag] = .default
        }
        return table
    }()

    /// Where spreadsheets expect semicolons although decimals have a point: the list separator of Windows for these
    /// regions.
    private static let pointAndSemicolon: Set<String> = ["de-CH", "de-LI", "it-CH"]

    // The decimal marks of CLDR (as the ICU of Swift 6.3 has them). A line is a language and those of its regions that
    // are named for themselves; any other region is served by the language. Digits are ASCII always, also where a
    // locale's own are others.
    private static let decimalComma = [
        "af NA ZA", "ar DZ LB LY MA MR TN", "az AZ", "be BY", "bg BG", "bs BA", "ca AD ES FR IT", "cs CZ", "da DK GL",
        "de AT BE DE IT LU", "el CY GR",
        "en AT BE BG BR CZ DE DK EE ES FI FR GE GR HU ID IT LT LV NL NO PL PT RO RU SE SI SK TR UA ZA",
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
        "en 001 150 AE AG AI AS AU BB BD BM BS BW BZ CA CH CK CN CY DM FJ FK GB GD GG GH GI GM GU GY HK IE IL IM IN",
        "en JE JM JP KE",
        "en KN KR KY LC LR LS MG MO MP MS MT MU MW MX MY NA NG NR NZ PG PH PK PR PW RW SA SB SC SD SG SH SL",
        "en SS SX SZ TC",
        "en TH TO TT TV TW TZ UG US VC VG VI VU WS ZM ZW",
        "es 419 BR BZ CU DO GT HN MX NI PA PE PR SV US", "fil PH", "ga GB IE", "gu IN", "he IL", "hi IN", "it CH",
        "ja JP",
        "km KH", "kn IN", "ko KR", "ml IN", "mn MN", "ms MY SG", "mt MT", "sw KE TZ UG", "ta IN LK MY SG", "te IN",
        "th TH", "zh CN HK MO SG TW", "zu ZA",
    ]

    // Languages that are the same in all regions (CLDR 47; its root for a language that it does not have).
    private static let otherComma = [
        "ady agq ast ba bas blo br bua cv dsb dua dyo eo ewo ff fy hsb ht ia ie jgo jv kab kbd kea kgp kkj kl ksf",
        "ku lb lij lld ln lu mgh mua nmg nnh nr pms ps rm rn rw sah sc scn se seh sg shi smn ss su tg tk tok ts",
        "tt tzm ve vec wo yav yrl zgh",
    ]

    private static let otherPoint = [
        "aa ab ach ak an ann apc arn ary as asa bal bem bew bez bgc bho blt bm bo bqi brh brx bss byn cad cak cch",
        "ccp ce ceb cgg cho chr cic ckb co cop csw cu dav dje doi dv dz ebu ee fa frr fur gaa gd gez gn gsw guz",
        "gv ha haw hnj hrx ig ii io isv iu jbo jmc kaa kaj kam kcg kde kek ken khq ki kln kok kpe ks ksb ksh kw",
        "kxv la lag lg lkt lmo lrc ltg luo luy lzz mai mas mdf mer mfe mg mgo mhn mi mic mni moh mr mrh mus mww",
        "my myv mzn naq nd nds ne nqo nso nus nv ny nyn oc oka om or os osa pa pap pcm pi pis prg qu quc raj rhg",
        "rif rof rwk sa saq sat sbp sco sd sdh ses sgs shn si sid skr sma smj sms sn so son ssy st sus suz syr",
        "szl teo ti tig tn to tpi trs trv trw twq tyv ug ur vai vmw vo vun wa wae wal wbp xdq xh xnr xog yi yo",
        "yue za",
    ]
}
