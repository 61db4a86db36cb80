import ArgumentParser
import Identity
import JSON
import Posix

struct KeysJWKS: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jwks", abstract: "Make a key that signs JWTs, for the file PENSTOCK_JWKS.",
        discussion: """
            With --output the key is put before those of the file, which is made if need be; its mode is 0600. Otherwise a \
            set of this one key is printed. `penstock token` signs with the first key. Programs that only check tokens get \
            the set of --public FILE, which has no private part.
            """)

    @Option(help: "The key's id.") var kid = "1"
    @Option(help: "ES256, EdDSA, or HS256, a secret that both sides have.") var algorithm = "ES256"
    @Option(help: "The key file.") var output: String?
    @Option(name: .customLong("public"), help: "Make no key; print this file without private parts.")
    var publicOf: String?

    func run() throws {
        try command {
            if let publicOf {
                let set = try Self.set(publicOf) { bytes throws(JWKSError) in
                    try NewJWK.withoutPrivateParts(of: bytes)
                }
                return Terminal.json(set)
            }
            guard let algorithm = NewJWK.algorithms.first(where: { $0.rawValue == algorithm }) else {
                throw CommandFailure("--algorithm", algorithm, of: NewJWK.algorithms.map(\.rawValue))
            }
            let key = NewJWK.key(kid: kid, algorithm)
            guard let output, try File.status(output) != nil else {
                return try write(NewJWK.set(adding: key, to: nil))
            }
            try write(Self.set(output) { bytes throws(JWKSError) in try NewJWK.set(adding: key, to: bytes) })
        }
    }

    private func write(_ set: JSON) throws {
        guard let output else { return Terminal.json(set) }
        let file = try OutputFile(output, mode: 0o600, keepsOwner: true)
        try Array("\(set.text)\n".utf8).withUnsafeBytes { try file.write($0) }
        _ = try file.publish()
    }

    private static func set(_ path: String, _ body: ([UInt8]) throws(JWKSError) -> JSON) throws -> JSON {
        let bytes = try File.bytes(at: path)
        do {
            return try body(bytes)
        } catch {
            throw CommandFailure("\(path): \(error)", ExitStatus.configuration)
        }
    }
}
