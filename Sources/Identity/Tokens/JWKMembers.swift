import Coding
import JSON

/// Why a file of keys, or one key of it, is not usable; names the key.
package struct JWKSError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether the key is of a kind, curve, size or algorithm that is not known here, and not broken.
    package var isUnsupported = false
}

/// The members of one JSON Web Key (RFC 7517), read with errors that name it.
struct JWKMembers {
    private let object: JSON.Object
    /// `key 2 ("web")`
    let label: String
    let kid: String?
    let algorithm: Algorithm

    /// - Parameter number: the key's place in the file, from 1.
    init(_ value: JSON, number: Int) throws(JWKSError) {
        guard let object = value.object else { throw JWKSError(description: "key \(number) is not an object") }
        kid = object["kid"]?.string
        label = kid.map { "key \(number) (\($0.debugDescription))" } ?? "key \(number)"
        self.object = object
        algorithm = try Self.algorithm(of: object, label)
        guard kid != nil || !has("kid") else { throw fault("kid is not a string") }
        if let uses = object["key_ops"]?.array, !uses.contains("verify"), !uses.contains("sign") {
            throw unsupported("key_ops names neither verify nor sign")
        }
    }

    /// Whether the key is for encryption, which is no concern of ours (RFC 7517 section 4.2).
    static func isForEncryption(_ value: JSON) -> Bool { value["use"]?.string == "enc" }

    /// The bytes of a base64url member.
    func bytes(_ name: String) throws(JWKSError) -> [UInt8] {
        guard has(name) else { throw fault("\(name) is missing") }
        guard let text = object[name]?.string, let bytes = Base64.decode(text, .url), !bytes.isEmpty else {
            throw fault("\(name) is not base64url without padding")
        }
        return bytes
    }

    /// Of exactly that many bytes.
    func bytes(_ name: String, count: Int) throws(JWKSError) -> [UInt8] {
        let bytes = try bytes(name)
        guard bytes.count == count else { throw fault("\(name) has \(bytes.count) bytes instead of \(count)") }
        return bytes
    }

    /// The secret of an HMAC, which must be as long as the hash (RFC 7518 section 3.2).
    func secret() throws(JWKSError) -> [UInt8] {
        let bytes = try bytes("k")
        guard bytes.count >= 32 else { throw unsupported("k has \(bytes.count * 8) bits, at least 256 are needed") }
        return bytes
    }

    /// The modulus without leading zeros, of at least 2048 bits (RFC 7518 section 3.3).
    func modulus() throws(JWKSError) -> [UInt8] {
        let bytes = Array(try bytes("n").drop { $0 == 0 })
        let bits = bytes.count * 8 - (bytes.first?.leadingZeroBitCount ?? 0)
        guard bits >= 2_048 else { throw unsupported("n has \(bits) bits, at least 2048 are needed") }
        return bytes
    }

    func has(_ name: String) -> Bool { object[name] != nil }

    func fault(_ what: String) -> JWKSError { JWKSError(description: "\(label): \(what)") }

    private func unsupported(_ what: String) -> JWKSError {
        JWKSError(description: "\(label): \(what)", isUnsupported: true)
    }

    private static func algorithm(of object: JSON.Object, _ label: String) throws(JWKSError) -> Algorithm {
        func unsupported(_ what: String) -> JWKSError {
            JWKSError(description: "\(label): \(what)", isUnsupported: true)
        }
        let natural: Algorithm
        switch (object["kty"]?.string, object["crv"]?.string) {
        case ("oct", _): natural = .hs256
        case ("RSA", _): natural = .rs256
        case ("EC", "P-256"): natural = .es256
        case ("OKP", "Ed25519"): natural = .edDSA
        case ("EC", let curve), ("OKP", let curve):
            throw unsupported("crv \((curve ?? "").debugDescription) is neither P-256 nor Ed25519")
        case (let kind?, _): throw unsupported("kty \(kind.debugDescription) is none of oct, RSA, EC, OKP")
        case (nil, _): throw unsupported("there is no kty")
        }
        guard let declared = object["alg"], declared.string != natural.rawValue else { return natural }
        throw unsupported("alg is \(declared.text), a key of this type is used with \(natural.rawValue) only")
    }
}
