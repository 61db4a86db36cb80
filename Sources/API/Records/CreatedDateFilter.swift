import Coding
import HTTP
import Jobs
import Time

/// `created_date` and its lookups, named as Django's filters name them, in UTC:
///
///     created_date[__exact|gt|gte|lt|lte|range]                  an instant; range: two of them with a comma between
///     created_date__date[__…]   created_date__year[__…]          a day, a year
///     created_date__month[__…]  quarter week iso_year week_day iso_week_day day hour minute second time
///
/// Conditions on instants, days and years come to one half-open span of time, which an index serves; the others stay as
/// numbers to compare parts of the time with. All of them hold together.
struct CreatedDateFilter {
    static let name = "created_date"

    /// The first instant that counts.
    private(set) var from: Timestamp?
    /// The first that does not count any more.
    private(set) var before: Timestamp?
    private(set) var parts: [RecordFilter.TimePart] = []

    /// Reads every parameter whose name begins with `created_date`.
    init(_ query: Query) throws(APIError) {
        for parameter in query.names where parameter.hasPrefix(Self.name) {
            try take(parameter, query[parameter] ?? "")
        }
    }

    private enum Comparison: String { case exact, gt, gte, lt, lte, range }

    private mutating func take(_ parameter: String, _ value: String) throws(APIError) {
        var words = parameter.split(separator: "__", omittingEmptySubsequences: false).map(String.init)
        let first = words.removeFirst()
        var part = TimePartName.instant
        if let word = words.first, Comparison(rawValue: word) == nil, word != TimePartName.instant.rawValue,
            let named = TimePartName(rawValue: word)
        {
            part = named
            words.removeFirst()
        }
        guard first == Self.name, words.count <= 1, let comparison = Comparison(rawValue: words.first ?? "exact") else {
            throw .invalid(parameter, "\(parameter) is no lookup of \(Self.name)")
        }
        let texts = comparison == .range ? value.split(separator: ",", omittingEmptySubsequences: false) : [value[...]]
        let numbers = texts.compactMap { part.number(String($0)) }
        guard numbers.count == texts.count, texts.count == (comparison == .range ? 2 : 1) else {
            let two = comparison == .range ? ", and another one after a comma" : ""
            throw .invalid(parameter, "\(parameter) must be \(part.expectation)\(two)")
        }
        switch comparison {
        case .exact: narrow(part, numbers[0], numbers[0])
        case .gt: narrow(part, numbers[0] + 1, nil)
        case .gte: narrow(part, numbers[0], nil)
        case .lt: narrow(part, nil, numbers[0] - 1)
        case .lte: narrow(part, nil, numbers[0])
        case .range: narrow(part, numbers[0], numbers[1])
        }
    }

    /// Between two of the part's numbers, both included; nil is open.
    private mutating func narrow(_ part: TimePartName, _ low: Int64?, _ high: Int64?) {
        if let field = part.field {
            // One condition for each field, however many lookups there are: each is evaluated for every job.
            let index = parts.firstIndex { $0.field == field }
            let before = index.map { parts[$0] }
            let part = RecordFilter.TimePart(
                field: field, low: max(low ?? .min, before?.low ?? .min), high: min(high ?? .max, before?.high ?? .max))
            if let index { parts[index] = part } else { parts.append(part) }
            return
        }
        if let low = low.map(part.beginning) { from = from.map { max($0, low) } ?? low }
        if let end = high.map({ part.beginning($0 + 1) }) { before = before.map { min($0, end) } ?? end }
    }
}

/// The part of an instant that a lookup compares. Its values are numbers, so that comparisons are those of numbers.
private enum TimePartName: String {
    /// Not a word of a lookup: the instant itself, in microseconds.
    case instant
    /// Days since 1970-01-01.
    case date
    case year
    /// Microseconds since midnight.
    case time
    case month, day, quarter, week, hour, minute, second
    case isoYear = "iso_year"
    /// 1 is Sunday, as in Django.
    case weekDay = "week_day"
    /// 1 is Monday.
    case isoWeekDay = "iso_week_day"

    /// The database's name of a part that is compared by itself; nil for a lookup of a span of time.
    var field: String? {
        switch self {
        case .instant, .date, .year: nil
        case .time, .month, .day, .quarter, .week, .hour, .minute, .second: rawValue
        case .isoYear: "isoyear"
        case .weekDay: "dow"
        case .isoWeekDay: "isodow"
        }
    }

    var expectation: String {
        switch self {
        case .instant: "a time such as 2024-01-01T00:00:00Z"
        case .date: "a date such as 2024-01-01"
        case .time: "a time of day such as 10:30:00"
        default: "a whole number"
        }
    }

    func number(_ text: String) -> Int64? {
        switch self {
        case .instant: Self.instant(text)?.microseconds
        case .date: CivilDate(text).map { Int64($0.daysSinceEpoch) }
        case .time: Timestamp(rfc3339: "1970-01-01T\(text)Z")?.microseconds
        case .year: Int(decimalDigits: text).flatMap { (1...9999).contains($0) ? Int64($0) : nil }
        case .weekDay: Int(decimalDigits: text).flatMap { (1...7).contains($0) ? Int64($0 - 1) : nil }
        default: Int(decimalDigits: text).flatMap { (0...9999).contains($0) ? Int64($0) : nil }
        }
    }

    /// The first instant of a span.
    func beginning(_ number: Int64) -> Timestamp {
        switch self {
        case .date: CivilDate(daysSinceEpoch: Int(number))?.beginning ?? (number < 0 ? .earliest : .latest)
        case .year: CivilDate(year: Int(number), month: 1, day: 1)?.beginning ?? (number < 1 ? .earliest : .latest)
        default: Timestamp(microseconds: number)
        }
    }

    /// RFC 3339; as Django also takes it: with a space for the T, without a zone for UTC, or a day for its midnight.
    private static func instant(_ text: String) -> Timestamp? {
        if let day = CivilDate(text) { return day.beginning }
        var rfc = text
        if let space = rfc.firstIndex(of: " ") { rfc.replaceSubrange(space...space, with: "T") }
        return Timestamp(rfc3339: rfc) ?? Timestamp(rfc3339: rfc + "Z")
    }
}
