import Testing

@testable import Storage

@Suite struct `Key ring` {
    private let hexadecimalKey = String(repeating: "0f", count: 32)
    private let otherKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

    @Test func `reads names and keys, past comments and empty lines`() throws {
        let text = "# keys\n\n2026b \(hexadecimalKey)\r\n  \t2026a\t\(otherKey)\n   # old\n"
        #expect(try KeyRing(parsing: Array(text.utf8)).entries.map(\.kid) == ["2026b", "2026a"])
    }

    @Test func `takes the line that it makes itself`() throws {
        let text = KeyRing.newLine(kid: "k1") + "\n" + KeyRing.newLine(kid: "k2")
        #expect(try KeyRing(parsing: Array(text.utf8)).entries.map(\.kid) == ["k1", "k2"])
        #expect(KeyRing.newLine(kid: "k") != KeyRing.newLine(kid: "k"))
    }

    @Test func `takes hexadecimal and base64url for the same key`() throws {
        let link = DownloadLink(tenant: "t", job: someJob, epoch: 1, fileName: "f", expires: 100)
        let hex = "k 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        let signers = try [hex, "k " + otherKey].map { LinkSigner(try KeyRing(parsing: Array($0.utf8))) }
        #expect(signers[0].sign(link) == signers[1].sign(link))
    }

    @Test(arguments: [
        ("", 0), ("# nothing\n", 0), ("k\n", 1), ("k a b\n", 1), ("\nk short\n", 2),
        ("k " + String(repeating: "0f", count: 31), 1),
        ("k/ AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", 1), ("k AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", 1),
        ("k AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9", 1), ("é AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", 1),
        ("k AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\nk AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", 2),
    ])
    func `refuses anything else and names the line`(text: String, line: Int) {
        do {
            _ = try KeyRing(parsing: Array(text.utf8))
            Issue.record("was taken")
        } catch {
            #expect(error.line == line)
            #expect(!"\(error)".contains("AAECAw"))
        }
    }

    @Test func `says that there is no file`() {
        #expect(throws: KeyRingError(line: 0, reason: "cannot be read: No such file or directory")) {
            try KeyRing(contentsOf: "/nonexistent/keys")
        }
    }
}
