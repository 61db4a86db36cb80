import Formats

/// A checked request for an export: the body of create and preview, with defaults filled in.
///
/// Made by `RequestDecoding`, which has compared it with its report. It names things and holds no part of the catalog,
/// so it can be stored with a job and read back; `Compiler` looks the names up again and says when the catalog has
/// changed in between.
package struct ExportRequest: Equatable, Sendable {
    /// The largest request that is kept, in bytes of its canonical form. Long lists of keys come as a file.
    package static let storedBytes = 64 << 10

    /// The values one scope narrows to.
    package struct ScopeSelection: Equatable, Sendable {
        package var type: String
        /// 1 to 1000, distinct, of the scope's value type.
        package var values: [String]

        package init(type: String, values: [String]) {
            self.type = type
            self.values = values
        }
    }

    /// How one selected column is to be shown.
    package struct RelationField: Equatable, Sendable {
        package enum Output: Equatable, Sendable {
            case id
            case referenceValue(table: String, referenceField: String)

            package var name: String {
                switch self {
                case .id: "id"
                case .referenceValue: "reference_value"
                }
            }
        }

        package var field: String
        package var output: Output

        package init(field: String, output: Output) {
            self.field = field
            self.output = output
        }
    }

    /// How the values of the report's `statuses` are written.
    package enum Values: String, CaseIterable, Sendable {
        /// As the database has them.
        case key
        /// As the catalog calls them, in the request's language.
        case label
    }

    package var module: String
    package var catalog: String
    package var format: ExportFormat
    package var dateRange: DateRange?
    /// Empty: rows of every status, and rows without a status.
    package var statuses: [String]
    package var scope: ScopeSelection?
    /// Keys of columns, never empty, distinct, in the order of the file.
    package var columns: [String]
    /// At most one a column.
    package var relationFields: [RelationField]
    /// What columns are called in place of their labels, by their keys: 1 to 255 printable characters, distinct.
    package var headings: [String: String]
    package var values: Values
    /// An IANA name; where the days of `dateRange` begin and end.
    package var timezone: String
    /// A tag of `LocaleConvention`, in its canonical spelling.
    package var locale: String?
    /// The members that belong to its format.
    package var options: FormatOptions
    /// Empty: the report's own order.
    package var sort: [SortTerm]
    package var includeAnnexes: Bool
    package var notifyOnCompletion: Bool
    /// Where the finished file is delivered; nil for nowhere.
    package var deliver: MailDelivery?
    /// The list of keys that the rows are narrowed to: the SHA-256 of the uploaded file, in hexadecimal digits. With it
    /// the request is equal only to one with the same list.
    package var filterFile: String?

    package init(
        module: String, catalog: String, format: ExportFormat, dateRange: DateRange? = nil, statuses: [String] = [],
        scope: ScopeSelection? = nil, columns: [String], relationFields: [RelationField] = [],
        headings: [String: String] = [:], values: Values = .key, timezone: String = "UTC", locale: String? = nil,
        options: FormatOptions? = nil,
        sort: [SortTerm] = [], includeAnnexes: Bool = false,
        notifyOnCompletion: Bool = false, deliver: MailDelivery? = nil, filterFile: String? = nil
    ) {
        self.module = module
        self.catalog = catalog
        self.format = format
        self.dateRange = dateRange
        self.statuses = statuses
        self.scope = scope
        self.columns = columns
        self.relationFields = relationFields
        self.headings = headings
        self.values = values
        self.timezone = timezone
        self.locale = locale
        self.options = options ?? format.defaults
        self.sort = sort
        self.includeAnnexes = includeAnnexes
        self.notifyOnCompletion = notifyOnCompletion
        self.deliver = deliver
        self.filterFile = filterFile
    }
}

extension ExportRequest {
    /// The values of it that its format needs. Without a locale decimals have a point, and fields a comma between them.
    package var file: FileRequest {
        let convention = locale.flatMap { LocaleConvention.of($0) } ?? .default
        return FileRequest(
            options: options, decimalMark: convention.decimalMark, delimiter: convention.delimiter,
            includesAnnexes: includeAnnexes)
    }

    /// How its file is written.
    package var variant: any FileVariant { format.format.variant(file) }
}
