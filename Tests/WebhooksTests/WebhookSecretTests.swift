import Testing

@testable import Webhooks

struct WebhookSecretTests {
    /// The example of the specification's own libraries.
    @Test func `signs as the Standard Webhooks libraries do`() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `a generated secret is read back, and no two are alike`() {
        let secrets = (0..<50).map { _ in WebhookSecret.generate() }
        #expect(Set(secrets.map(\.text)).count == 50)
        for secret in secrets { #expect(WebhookSecret(secret.text) == secret) }
    }

    @Test(arguments: [
        "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_AAAA",
        "whsec_!!KQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ])
    func `what is no secret is none`(_ text: String) { #expect(WebhookSecret(text) == nil) }

    @Test func `while a secret changes both sign`() throws {
        let (new, old) = (WebhookSecret.generate(), WebhookSecret.generate())
        let message = SignedMessage(id: "msg_1", timestamp: 5, body: [1, 2], secrets: [new, old])
        let signatures = message.headers.first { $0.name == "webhook-signature" }?.value
        #expect(
            signatures
                == [new, old].map { $0.signature(id: "msg_1", timestamp: 5, body: [1, 2]) }.joined(separator: " "))
    }

    @Test func `delays grow by four up to a day, by chance a quarter longer, and end`() {
        let delay = RetryDelay(first: 5, attempts: 10)
        let plain = (1...10).map { delay.seconds(after: $0, asked: nil, chance: 0) }
        #expect(plain == [5, 20, 80, 320, 1280, 5120, 20_480, 81_920, 86_400, nil])
        #expect(delay.seconds(after: 2, asked: nil, chance: 1) == 25)
        #expect(delay.seconds(after: 1, asked: 600, chance: 0) == 600)
        #expect(delay.seconds(after: 1, asked: 9_999_999, chance: 0) == 86_400)
        #expect(RetryDelay(first: 1, attempts: 1).seconds(after: 1, asked: nil, chance: 0) == nil)
    }
}
