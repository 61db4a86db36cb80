import SQLText
import Testing

@Suite struct SQLTests {
    private let statement: SQL =
        "select \(identifier: "na\"me") from t where a = \(bind: "it's") and b = \(bind: nil as String?) and \(bind: 7) = c"

    @Test func `values are binds with numbers, and names are quoted`() {
        let (text, binds) = statement.parameterized
        #expect(text == #"select "na""me" from t where a = $1 and b = $2 and $3 = c"#)
        #expect(binds == ["it's", nil, "7"])
        #expect(statement.values == ["it's", "7"])
    }

    @Test func `the same statement with literals has nothing but what the caller writes for a value`() {
        let text = statement.rendered { $0.map { "<\($0)>" } ?? "NULL" }
        #expect(text == #"select "na""me" from t where a = <it's> and b = NULL and <7> = c"#)
    }

    @Test func `fragments number on across statements that are put together`() {
        let joined = (["a = \(bind: "1")", "b = \(bind: "2")"] as [SQL]).joined(separator: " and ")
        let whole: SQL = "select \(bind: true) where \(joined)" + " limit \(bind: 5)"
        #expect(whole.parameterized.text == "select $1 where a = $2 and b = $3 limit $4")
        #expect(whole.parameterized.binds == ["true", "1", "2", "5"])
    }

    @Test func `a value that is mapped to nil is NULL`() {
        let mapped = statement.mappingValues { $0 == "7" ? nil : $0 + "!" }
        #expect(mapped.parameterized.binds == ["it's!", nil, nil])
    }

    @Test func `the text of an array quotes each element`() {
        #expect(SQL.arrayText([]) == "{}")
        #expect(SQL.arrayText(["a", "", "NULL", "b,c", "d\"e\\f", "{}"]) == #"{"a","","NULL","b,c","d\"e\\f","{}"}"#)
    }

    @Test func `a name has no NUL, at which the statement would end`() {
        #expect(SQL.quoted(identifier: "a\0b") == #""ab""#)
    }
}
