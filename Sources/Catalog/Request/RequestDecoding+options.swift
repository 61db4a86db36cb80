import Formats
import JSON

/// The options of a request's format. The formats describe them; an option that the request's format does not have is
/// a fault.
extension RequestDecoding {
    mutating func options(_ format: ExportFormat?) -> FormatOptions {
        var options = FormatOptions()
        for option in ExportFormat.options {
            let isGiven = body.take(option.name) != nil
            guard let value = body.value(of: option), let format else { continue }
            if format.has(option) {
                options.members[option.name] = value
            } else if isGiven {
                refuse(option, value)
            }
        }
        return options
    }

    /// An option that only repeats the default is no fault.
    private mutating func refuse(_ option: FormatOption, _ value: JSON) {
        let formats = ExportFormat.words(having: option)
        switch option.shape {
        case .choice(_, let usual):
            guard let word = value.string, word != usual else { return }
            body.fault(option.name, that: "\(word) belongs to format \(formats)")
        case .flag, .text, .object: body.fault(option.name, that: "belongs to format \(formats)")
        }
    }
}

extension FieldReader {
    /// The value of an option with its defaults filled in; nil for one that is left out then, or not as it must be.
    fileprivate mutating func value(of option: FormatOption) -> JSON? {
        switch option.shape {
        case .flag(let usual): return .bool(flag(option.name, default: usual))
        case .choice(let words, let usual):
            guard let value = take(option.name) else { return .string(usual) }
            if let word = value.string, words.contains(word) { return value }
            fault(option.name, that: "must be one of \(words.joined(separator: ", "))")
            return nil
        case .text(let texts, let complaint):
            guard let text = string(option.name) else { return nil }
            if !texts.contains(text) { fault(option.name, that: complaint) }
            return .string(text)
        case .object(let options):
            let isGiven = take(option.name) != nil
            guard var inner = isGiven ? reader(option.name) : FieldReader(JSON.Object()) else { return nil }
            let members = options.compactMap { option in inner.value(of: option).map { (option.name, $0) } }
            absorb(inner)
            return .object(JSON.Object(members))
        }
    }
}
