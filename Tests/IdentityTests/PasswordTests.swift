import HTTP
import Testing

@testable import Identity

struct PasswordTests {
    @Test func `makes yescrypt hashes with a salt each`() throws {
        let (first, second) = (try PasswordHash.make("correct horse"), try PasswordHash.make("correct horse"))
        #expect(first.hasPrefix("$y$") && first != second)
        #expect(PasswordHash.matches("correct horse", first) == true)
        #expect(PasswordHash.matches("correct horsf", first) == false)
        #expect(PasswordHash.isUsable(first))
    }

    @Test(arguments: ["", "a\0b", String(repeating: "x", count: 1_025)])
    func `refuses to hash what nobody could log in with`(_ password: String) {
        #expect(throws: PasswordHashError.self) { try PasswordHash.make(password) }
    }

    @Test(arguments: ["", "*", "*0", "$apr1$x$y", "{SHA}abc", "plain", "$y$j9T$salt", "$9$x"])
    func `tells a hash that will not do`(_ hash: String) {
        #expect(!PasswordHash.isUsable(hash))
        #expect(PasswordHash.matches("", hash) != true)
    }

    @Test func `a right password is derived once a minute and a wrong one every time`() throws {
        let check = PasswordCheck()
        let hash = "$2b$04$2TFNa19xQZIbO6Mqj5InX./7Hj4Z0YTWfEui/Bvm9H0a0bRPI4rKq"
        let right = try #require(BasicCredential("YWxpOm9wZW4gc2VzYW1l"))
        let wrong = try #require(BasicCredential("YWxpOm9wZW4="))
        #expect(check.isRight(right, hash: hash, now: testTime) && check.derivations == 1)
        #expect(check.isRight(right, hash: hash, now: testTime.adding(seconds: 59)) && check.derivations == 1)
        #expect(check.isRight(right, hash: hash, now: testTime.adding(seconds: -1)) && check.derivations == 2)
        #expect(check.isRight(right, hash: hash, now: testTime.adding(seconds: 60)) && check.derivations == 3)
        for round in 4...5 {
            #expect(!check.isRight(wrong, hash: hash, now: testTime) && check.derivations == round)
        }
        #expect(!check.isRight(right, hash: nil, now: testTime) && check.derivations == 6)
        #expect(!check.isRight(right, hash: "unusable", now: testTime) && check.derivations == 7)
        let changed = "$2b$04$p6gChv3ppdMJu6nDamaPfep02WF3nMYRpkGV2oatspHTkwpd1ae0O"
        #expect(!check.isRight(right, hash: changed, now: testTime) && check.derivations == 8)
    }
}
