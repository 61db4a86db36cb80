import HTTP
import Posix
import Time

/// Establishes the caller's identity.
///
/// One for each process, because it remembers checked passwords and tokens. It opens and reads nothing itself: users
/// and keys come from the store, the keys of tokens from the caller, the time with each call.
package final class Authenticator {
    private let store: any IdentityStore
    private let tokens: TokenVerifier?
    private let trustsGateway: Bool
    private let passwords: PasswordCheck
    private var memory = TokenMemory()
    private let logins: (any LoginLimit)?
    private let room: SharedRoom

    /// - Parameters:
    ///   - tokens: nil when no keys are configured; every token is refused then.
    ///   - trustsGateway: whether the four gateway parameters are believed. When not, they are as good as absent.
    ///   - logins: counts wrong passwords; nil lets anybody guess on.
    ///   - room: where passwords are compared, each of which takes a processor for a while.
    package init(
        store: any IdentityStore, tokens: TokenVerifier?, trustsGateway: Bool, logins: (any LoginLimit)? = nil,
        room: SharedRoom = SharedRoom(enter: { true }, leave: {})
    ) {
        self.logins = logins
        self.room = room
        self.store = store
        self.tokens = tokens
        self.trustsGateway = trustsGateway
        passwords = PasswordCheck()
    }

    /// The caller's identity. A trusted gateway goes before the request's own credential, but does not make two of
    /// those acceptable.
    package func identify(_ request: Request, now: Timestamp) throws(IdentityError) -> Identity {
        let passedOn = trustsGateway ? try Identity.passedOn(by: request.gateway) : nil
        let credential = try Credential.find(in: request.headers)
        if let passedOn { return passedOn }
        switch credential {
        case .bearer(let token): return try identify(token: token, now)
        case .apiKey(let text): return try identify(apiKey: text)
        case .basic(let proof): return try identify(basic: proof, from: request.remoteAddress, now)
        case nil: throw .missing
        }
    }

    private func identify(token: String, _ now: Timestamp) throws(IdentityError) -> Identity {
        guard let tokens else {
            throw .invalid(CredentialRefusal("token_keys_missing", detail: "PENSTOCK_JWKS is not set"))
        }
        do throws(TokenError) {
            if let known = memory.find(token) { return try known.identity(at: now) }
            let verified = try tokens.verified(token)
            memory.keep(token, verified)
            return try verified.identity(at: now)
        } catch {
            throw .invalid(CredentialRefusal(error.rawValue, kid: JWS.claimedKid(of: token)))
        }
    }

    /// When the token of a request that was identified by it is not accepted any more, in seconds since 1970; nil when
    /// it has none. It is its `exp`; for one that is past that already, the end of the time by which clocks may differ.
    package func tokenEnd(_ request: Request, now: Timestamp) -> Int64? {
        guard case .bearer(let token)? = try? Credential.find(in: request.headers),
            let expiry = (memory.find(token) ?? (try? tokens?.verified(token)))?.expiry.seconds
        else { return nil }
        return expiry > now.seconds ? expiry : expiry + VerifiedToken.skewSeconds
    }

    private func identify(apiKey text: String) throws(IdentityError) -> Identity {
        guard let key = ApiKey(text) else { throw .invalid(CredentialRefusal("api_key_malformed")) }
        let stored: StoredApiKey?
        do { stored = try store.apiKey(prefix: key.prefix) } catch { throw .storeFailed(error) }
        // An unknown prefix is compared too, with a hash that nothing has, so that it takes as long as a wrong secret.
        let isRight = ConstantTime.equal(Array(key.hash.utf8), Array((stored?.hash ?? "").utf8))
        let prefix = "prefix \(key.prefix)"
        guard let stored, isRight else { throw .invalid(CredentialRefusal("api_key_unknown", detail: prefix)) }
        guard let identity = stored.identity else {
            throw .invalid(CredentialRefusal("api_key_revoked", detail: prefix))
        }
        return identity
    }

    /// After too many wrong guesses a password is not compared any more, unless it is known to be right: the user's own
    /// clients go on while someone else guesses.
    private func identify(basic proof: String, from address: String, _ now: Timestamp) throws(IdentityError) -> Identity
    {
        guard let credential = BasicCredential(proof) else { throw .invalid(CredentialRefusal("basic_malformed")) }
        let user: StoredUser?
        do { user = try store.user(named: credential.name) } catch { throw .storeFailed(error) }
        var isRight = passwords.remembers(credential, hash: user?.passwordHash, now: now)
        if !isRight {
            if let seconds = logins?.pause(name: credential.name, address: address) {
                throw .tooManyFailures(retryAfterSeconds: seconds)
            }
            let compared = room.inside { passwords.isRight(credential, hash: user?.passwordHash, now: now) }
            guard let compared else { throw .busy }
            isRight = compared
        }
        guard let user, isRight else {
            logins?.recordFailure(name: credential.name, address: address)
            // Only names of users that exist are logged: a password that was typed as a name is in no log.
            let detail = user.map { "user \($0.name)" }
            if let fault = user.flatMap({ PasswordHash.fault(of: $0.passwordHash) }) {
                throw .invalid(CredentialRefusal("password_hash_refused", detail: "\(detail ?? ""): \(fault)"))
            }
            throw .invalid(CredentialRefusal("password_wrong", detail: detail))
        }
        guard let identity = user.identity else {
            throw .invalid(CredentialRefusal("user_disabled", detail: "user \(user.name)"))
        }
        return identity
    }
}
