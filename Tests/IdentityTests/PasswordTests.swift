import Testing
import Time

@testable import Identity

struct PasswordTests {
    @Test func `makes yescrypt hashes with a salt each`() throws {
        let (first, second) = (try PasswordHash.make("correct horse"), try PasswordHash.make("correct horse"))
        #expect(first.hasPrefix("$y$") && first != second)
        #expect(PasswordHash.matches("correct horse", first) == true)
        #expect(PasswordHash.matches("correct horsf", first) == false)
        #expect(try PasswordHash.imported(first, user: "ali") == first)
    }

    @Test(arguments: ["", "a\0b", String(repeating: "x", count: 1_025)])
    func `refuses to hash what nobody could log in with`(_ password: String) {
        #expect(throws: PasswordHashError.self) { try PasswordHash.make(password) }
    }

    /// All of "open sesame"; bcrypt by `htpasswd -nbB -C 4`, the others by crypt(3).
    @Test(arguments: [
        "$2b$04$2TFNa19xQZIbO6Mqj5InX./7Hj4Z0YTWfEui/Bvm9H0a0bRPI4rKq",
        "$2y$04$2TFNa19xQZIbO6Mqj5InX./7Hj4Z0YTWfEui/Bvm9H0a0bRPI4rKq",
        "$2a$04$2TFNa19xQZIbO6Mqj5InX./7Hj4Z0YTWfEui/Bvm9H0a0bRPI4rKq",
    ])
    func `takes the good kinds, and a whole line of an htpasswd file`(_ hash: String) throws {
        #expect(PasswordHash.matches("open sesame", hash) == true && PasswordHash.matches("open", hash) == false)
        #expect(try PasswordHash.imported(hash, user: "ali") == hash)
        #expect(try PasswordHash.imported("ali:\(hash)\n", user: "ali") == hash)
        let error = #expect(throws: PasswordHashError.self) { try PasswordHash.imported("bob:\(hash)", user: "ali") }
        #expect(error?.description.contains("of the user bob, not of ali") == true)
    }

    @Test(arguments: [
        "$5$", "$5$rounds=1000$", "$6$", "$6$rounds=1000000$", "$y$j75$", "$y$jCT$", "$gy$j9T$", "$7$CU..../....",
        "$2y$14$", "$2a$04$",
    ])
    func `the good kinds are within what a login may cost`(_ prefix: String) {
        #expect(PasswordHash.fault(of: prefix + "LRSSzHzYO2bl4FNhwfDHN.") == nil)
    }

    @Test(arguments: [
        ("", "or a plain password"), ("*", "or a plain password"), ("plain", "or a plain password"),
        ("$apr1$x$y", "Apache's MD5 ($apr1$)"), ("{SHA}2kuSN7rMzfGcB2DKt67EqDWQELA=", "{SHA}"),
        ("{SSHA}abc", "one of LDAP's forms"), ("abJnggxhB/yWI", "DES, which looks at the first 8 letters"),
        ("_J9..K0AyUubJnggxhB/", "BSDi's DES"), ("$1$abcdefgh$5dI8T/m8rCCNVwLWyHXzq/", "MD5-crypt ($1$)"),
        ("$sha1$40000$abc$def", "$sha1$"), ("$md5,rounds=904$iPPKEBnEkp3JV8uX$x", "SunMD5"), ("$md5$x$y", "SunMD5"),
        ("$3$$8846f7eaee8fb117ad06bdd830b7586c", "NT ($3$)"), ("$2x$05$abc", "$2x$"), ("$9$x$y", "not known ($9$)"),
        ("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "not known ($argon2id$)"),
        ("$2b$31$2TFNa19xQZIbO6Mqj5InX./7Hj4Z0YTWfEui/Bvm9H0a0bRPI4rKq", "the cost 31, at most 14"),
        ("$2y$15$x", "the cost 15"), ("$2y$xx$x", "no cost"),
        ("$6$rounds=999999999$a$b", "999999999 rounds, at most 1000000"),
        ("$5$rounds=1000001$a$b", "1000001 rounds"), ("$5$rounds=99999999999999999999$a", "no number of rounds"),
        ("$y$jFT$salt$x", "1024 MiB, at most 128"), ("$gy$jDT$salt$x", "256 MiB"), ("$y$", "parameters that"),
        ("$y$j9T.5$salt", "parameters that"), ("$7$HU..../....salt$x", "2048 MiB"),
        ("$7$CU....x....salt", "3904 MiB, at most 256"),
        ("$y$j9Tzzzzz$salt", "parameters that"),
    ])
    func `refuses any other by its name, before anything is computed, and says what will do`(
        _ hash: String, _ name: String
    ) {
        let start = ContinuousClock.now
        let error = #expect(throws: PasswordHashError.self) { try PasswordHash.imported(hash, user: "ali") }
        #expect(error?.description.contains(name) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasSuffix("make a new one with htpasswd -B") == true)
        // One that is stored already is as good as none at a login.
        #expect(PasswordHash.matches("secretpw", hash) == nil)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test(arguments: ["$2y$04$short", "$y$j9T$salt", "$6$", "$6$salt$x"])
    func `refuses one that is not whole`(_ hash: String) {
        let error = #expect(throws: PasswordHashError.self) { try PasswordHash.imported(hash, user: "ali") }
        #expect(error?.description.contains("is not whole") == true)
    }

    @Test func `a stored DES hash lets nobody in`() throws {
        // crypt("secretpw", "ab"); DES would take whatever follows the eighth letter.
        let check = PasswordCheck()
        for proof in ["dTpzZWNyZXRwdw==", "dTpzZWNyZXRwd0FOWVRISU5H"] {
            let credential = try #require(BasicCredential(proof))
            #expect(!check.isRight(credential, hash: "abLZt3uEKpz7w", now: testTime))
        }
        #expect(check.derivations == 2)
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
