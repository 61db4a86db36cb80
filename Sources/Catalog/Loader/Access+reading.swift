/// Who sees what of a report.
extension YAMLValue {
    /// A permission as callers are granted it. Lists of permissions are divided by commas and spaces.
    func permission() -> String? {
        guard let text = text() else { return nil }
        guard text.utf8.count <= 255, text.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: ",") && $0 < 0x7F })
        else {
            fault("\(name) must be a permission such as view:prices, without spaces and commas, not '\(text)'")
            return nil
        }
        return text
    }
}

extension RowRule {
    static func list(reading value: YAMLValue) -> [RowRule] {
        var rules: [RowRule] = []
        for item in value.list() ?? [] {
            guard let rule = RowRule(reading: item) else { continue }
            guard !rules.contains(where: { $0.column.column == rule.column.column }) else {
                item.fault("duplicate column '\(rule.column.column)': a column is held against one claim")
                continue
            }
            rules.append(rule)
        }
        return rules
    }

    /// `{ column, type, claim, unless }`.
    init?(reading value: YAMLValue) {
        guard let mapping = value.mapping(of: .rowRule) else { return nil }
        let column = mapping.required("column")?.identifier()
        let type = mapping.optional("type").map { $0.choice(KeyType.self) } ?? .text
        let claim = mapping.required("claim")?.text()
        let unless = mapping.optional("unless")?.permission()
        guard let column, let type, let claim else { return nil }
        self.init(column: KeyColumn(column: column, type: type), claim: claim, unless: unless)
    }
}
