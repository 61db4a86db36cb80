import Glibc
import Testing

@testable import Catalog

/// docs/catalog-reference.md is made of the table that the loader goes by, and the loader does what the table says.
struct ReferenceTests {
    /// A catalog in which a mapping has only these lines.
    private static func catalog(_ place: String, _ lines: String) -> String {
        let mapping = "{ \(lines) }"
        let text =
            switch place {
            case "": mapping
            case "tenant", "uniqueKey", "dateField", "statuses": "\(place): \(mapping)"
            case "statuses.values": "statuses: { column: state, values: [\(mapping)] }"
            case "scopes", "columns", "sort", "rows": "\(place): [\(mapping)]"
            case "scopes.valueSource": "scopes: [{ type: a, label: A, column: a, valueSource: \(mapping) }]"
            case "relations": "relations: { a: \(mapping) }"
            case "relations.nested": "relations: { a: { table: t, key: id, nested: { b: \(mapping) } } }"
            default: "columns: [{ key: a, label: A, type: string, relationOptions: [\(mapping)] }]"
            }
        return text
    }

    private static func faults(_ mapping: CatalogMapping, _ lines: String) -> [String] {
        Samples.load(catalog(mapping.place, lines)).faults
    }

    /// Where the mapping's own keys are required.
    private static func missing(_ mapping: CatalogMapping) -> Set<String> {
        let outside = Set(faults(mapping, "zzzzzz: 1").filter { $0.contains("missing key") })
        return Set(
            outside.compactMap { fault in
                guard let match = fault.firstMatch(of: #/missing key '(\w+)'(?: in (.+))?$/#) else { return nil }
                // Of the report itself no place is told.
                return (match.2 == nil) == mapping.place.isEmpty ? String(match.1) : nil
            })
    }

    @Test(arguments: CatalogMapping.all.map(\.place))
    func `the loader takes the keys of the table, and wants those that it calls required`(
        _ place: String
    ) throws {
        let mapping = try #require(CatalogMapping.all.first { $0.place == place })
        let unknown = Self.faults(mapping, "zzzzzz: 1").compactMap {
            $0.firstMatch(of: #/unknown key 'zzzzzz'; allowed: (.*)$/#)?.1
        }
        #expect(unknown == [mapping.names.joined(separator: ", ")[...]])
        let required = mapping.keys.filter { if case .required = $0.presence { true } else { false } }.map(\.name)
        // Without a column of its own and a constant a tenant has none; a key has one column or several.
        let besides: Set<String> = ["tenant", "uniqueKey"].contains(place) ? ["column"] : []
        #expect(Self.missing(mapping) == Set(required).union(besides))
        for key in mapping.keys {
            guard case .choice(let words) = key.value else { continue }
            let output = place == "columns.relationOptions" && key.name != "output" ? ", output: reference_value" : ""
            let faults = Self.faults(mapping, "\(key.name): zzzzzz\(output)")
            #expect(
                faults.contains {
                    $0.hasSuffix("\(key.name) must be one of \(words.joined(separator: ", ")), not 'zzzzzz'")
                },
                "\(faults)")
        }
    }

    // MARK: - The page

    private static let page =
        "/\(#filePath.split(separator: "/").dropLast(3).joined(separator: "/"))/docs/catalog-reference.md"

    private static var reference: String {
        var text = """
            # The keys of a catalog file

            Every key that a catalog file may have, with its value and what holds when it is left out. This page is made of the table by which the loader goes
            (`Sources/Catalog/Loader/CatalogMapping+all.swift`); [the catalog language](../Sources/Catalog/README.md) explains them, with a complete example. Every other key is an
            error. `penstock catalog check` names each fault with file, line and column.

            | a value of | is |
            |---|---|
            | name | 1 to 63 letters, digits, `_` or `-`, beginning with a letter or digit |
            | text | a plain text that is not empty |
            | texts | a text in English, or a mapping of language tags to texts: `{ en: Invoices, nb: Fakturaer }` |
            | table | `table` or `schema.table`, as the database spells it, without quotes |
            | column | a column as the database spells it, without quotes; at most 63 bytes |
            | zone | an IANA time zone such as `Europe/Oslo` |
            | time | `30d`, `12h` or `none` |
            | permission | a word such as `view:prices`, without spaces and commas |

            """
        for mapping in CatalogMapping.all {
            text += """

                ## \(mapping.place.isEmpty ? "The file" : "`\(mapping.place)`")

                \(mapping.purpose)

                | key | value | | |
                |---|---|---|---|

                """
            for key in mapping.keys {
                text += "| `\(key.name)` | \(Self.text(key.value)) | \(Self.text(key.presence)) | \(key.purpose) |\n"
            }
        }
        return text
    }

    private static func text(_ value: CatalogKey.Value) -> String {
        switch value {
        case .name: "name"
        case .text: "text"
        case .localizedText: "texts"
        case .table: "table"
        case .column: "column"
        case .flag: "`true` or `false`"
        case .zone: "zone"
        case .duration: "time"
        case .permission: "permission"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .nested(let text): text
        }
    }

    private static func text(_ presence: CatalogKey.Presence) -> String {
        switch presence {
        case .required: "required"
        case .optional(let fallback): fallback
        case .depends(let condition): condition
        }
    }

    /// `PENSTOCK_WRITE_DOCUMENTS=1` writes it.
    @Test func `the page has what the loader has`() throws {
        if getenv("PENSTOCK_WRITE_DOCUMENTS") != nil {
            let file = try #require(fopen(Self.page, "w"))
            fputs(Self.reference, file)
            fclose(file)
        }
        let file = try #require(fopen(Self.page, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == Self.reference)
    }
}
