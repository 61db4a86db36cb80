import Crypto

/// Comparison of secrets whose time does not tell where they differ.
enum ConstantTime {
    /// Both sides are hashed first, so that neither their lengths nor a common beginning can be measured; digests
    /// themselves are compared in constant time by swift-crypto.
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        SHA256.hash(data: left) == SHA256.hash(data: right)
    }
}
