/// What a file of rows should not or cannot have.
enum ColumnJudgement {
    private static let secrets: Set<String> = [
        "password", "passwd", "pwd", "passwort", "passord", "passphrase", "secret", "token", "hash", "salt", "otp",
        "credential", "credentials", "cvv", "apikey",
    ]
    /// Words that make a key a secret one; a `key` alone is the name of something.
    private static let secretKeys: Set<String> = [
        "api", "private", "access", "encryption", "signing", "session", "auth",
    ]

    /// Why a column is not proposed; nil when it is.
    static func reasonToHide(_ column: ColumnFacts) -> String? {
        switch column.type.name {
        case "bytea": return "its bytes are no text"
        case "tsvector", "tsquery": return "it is an index of another column's words"
        default: break
        }
        // A date or a number of a password is no secret.
        let mayHold = column.type.isText || column.type.isUUID || column.type.name.contains("json")
        let words = Set(Names.words(column.name))
        let isKey = words.contains("key") && !words.isDisjoint(with: secretKeys)
        let isNamed = !words.isDisjoint(with: secrets) || column.name.lowercased().contains("password")
        return mayHold && (isKey || isNamed) ? "by its name it is a secret" : nil
    }

    private static let digitNames: Set<String> = [
        "phone", "telephone", "mobile", "fax", "zip", "postal", "postcode", "iban", "ean", "isbn", "barcode",
    ]

    /// The type to declare: of numbers that are names, a text.
    static func type(of column: ColumnFacts) -> ColumnType {
        let type = ColumnType(column.type)
        let isName = !Set(Names.words(column.name)).isDisjoint(with: digitNames)
        return isName && (type == .integer || type == .number) ? .string : type
    }
}
